import { textBytes } from '../matching/text-bytes.js';
import { byteOutput, copyBytes } from './byte-output.js';
import { ALL_FEATURES, FEATURE } from './byte-features.js';
import type { LiteralTraits } from '../pattern/literal-traits.js';
import { transformation } from './transformation.js';

/** Drops repeated slashes, `.` parts, and `..` parts with the part before them. */
export const normalisePath = transformation({
  name: 'normalisepath',
  triggers: FEATURE.slash | FEATURE.dot,
  yields: (kinds) => kinds,
  reveals: (literal, kinds) => revealsPath(literal, kinds, FEATURE.slash),
  apply: (text) => normalisedPath(text, -1),
});

/** Parts stay as they are: only a literal that reaches beyond one can come to be. A value without a slash is one part. */
export function revealsPath({ kinds: literal }: LiteralTraits, kinds: number, slashes: number): boolean {
  return literal === ALL_FEATURES || ((literal & FEATURE.slash) !== 0 && (kinds & slashes) !== 0);
}

/** Whether nothing has to be dropped, as far as that is seen at once. */
function isNormal(text: string, otherSlash: number): boolean {
  if (text === '') return true;
  return (
    text.charCodeAt(0) !== DOT &&
    !text.includes('//') &&
    !text.includes('/.') &&
    (otherSlash < 0 || !text.includes(String.fromCharCode(otherSlash)))
  );
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** The same, with another byte that is taken as a slash (-1: none). */
export function normalisedPath(text: string, otherSlash: number): string {
  if (isNormal(text, otherSlash)) return text;
  const isSlash = (byte: number): boolean => byte === SLASH || byte === otherSlash;
  const bytes = textBytes.of(text);
  const out = byteOutput.reserve(text.length + 1);
  const root = isSlash(bytes[0]!) ? 1 : 0;
  out[0] = SLASH;
  let length = root;
  /** Parts that `..` can take back: none stands before a `..` that is kept. */
  let names = 0;
  let start = 0;
  while (start <= text.length) {
    let end = start;
    while (end < text.length && bytes[end] !== SLASH && bytes[end] !== otherSlash) end++;
    const size = end - start;
    const isUp = size === 2 && bytes[start] === DOT && bytes[start + 1] === DOT;
    const isNothing = size === 0 || (size === 1 && bytes[start] === DOT);
    if (isUp && names > 0) {
      do length--;
      while (length > root && out[length] !== SLASH);
      names--;
    } else if (!isNothing && !(isUp && root === 1)) {
      if (length > root) out[length++] = SLASH;
      length = copyBytes(bytes, start, end, out, length);
      if (!isUp) names++;
    }
    start = end + 1;
  }
  if (length > root && isSlash(bytes[text.length - 1]!)) out[length++] = SLASH;
  const result = byteOutput.text(length);
  return result === text ? text : result;
}
