import type { Answer } from './answer.js';
import type { FtwInput } from './ftw-test.js';

const REDIRECTS = new Set([300, 301, 302, 303, 307, 308]);

/** The input that goes where the answer before it points to, or the reason why it points nowhere. The request still goes to the engine under test. */
export function redirected(input: FtwInput, before: Answer | null): FtwInput | string {
  if (before === null) return 'there is no answer before it to be redirected by';
  if (!REDIRECTS.has(before.status)) return `the answer before it is no redirect but ${before.status}`;
  const location = before.headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '';
  const host = input.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'localhost';
  const base = `http://${host}`;
  if (location === '' || !URL.canParse(location, base)) return `the redirect leads to “${location}”`;
  const url = new URL(location, base);
  const headers = input.headers.filter(([name]) => name.toLowerCase() !== 'host');
  return { ...input, uris: [url.pathname + url.search], headers: [['Host', url.host], ...headers] };
}
