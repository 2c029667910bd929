import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Drops repeated slashes, `.` parts, and `..` parts with the part before them. */
export const normalisePath: Transformation = {
  name: 'normalisepath',
  triggers: FEATURE.slash | FEATURE.dot,
  apply: normalisedPath,
};

export function normalisedPath(text: string): string {
  if (text === '') return text;
  const isRooted = text.startsWith('/');
  const parts: string[] = [];
  const given = text.split('/');
  for (const part of given) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isRooted) parts.push(part);
  }
  const last = given.at(-1)!;
  const isOpen = parts.length > 0 && last === '';
  return `${isRooted ? '/' : ''}${parts.join('/')}${isOpen ? '/' : ''}`;
}
