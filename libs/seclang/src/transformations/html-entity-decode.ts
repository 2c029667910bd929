import { textBytes } from '../matching/text-bytes.js';
import { byteOutput, copyBytes } from './byte-output.js';
import { hexValue } from './bytes.js';
import { ALL_FEATURES, FEATURE, featuresOfBytes } from './byte-features.js';
import { transformation } from './transformation.js';

const NAMED: ReadonlyMap<string, number> = new Map([
  ['quot', 0x22],
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['nbsp', 0xa0],
]);
const LONGEST_NAME = 4;
/** By byte: whether a name begins with it. */
const BEGINS_NAME = Array.from({ length: 256 }, (_, byte) =>
  [...NAMED.keys()].some(([letter]) => letter === String.fromCharCode(byte).toLowerCase()),
);
const NAMED_KINDS = featuresOfBytes((byte) => [...NAMED.values()].includes(byte));

/** `&#xHH;`, `&#DD;` (low byte) and the names quot, amp, lt, gt, nbsp; the semicolon may be missing. */
export const htmlEntityDecode = transformation({
  name: 'htmlentitydecode',
  triggers: FEATURE.ampersand,
  stretches: 'text',
  yields: (kinds) => kinds | madeOf(kinds),
  reveals: (literal, kinds) => (literal.kinds & madeOf(kinds)) !== 0,
  apply(text) {
    let first = text.indexOf('&');
    while (first >= 0 && endOfEntity(text, first + 1) < 0) first = text.indexOf('&', first + 1);
    if (first < 0) return text;
    const bytes = textBytes.of(text);
    const out = byteOutput.reserve(text.length);
    let length = copyBytes(bytes, 0, first, out, 0);
    for (let at = first; at < text.length;) {
      const byte = bytes[at]!;
      const end = byte === 0x26 ? endOfEntity(text, at + 1) : -1;
      if (end < 0) {
        out[length++] = byte;
        at++;
        continue;
      }
      out[length++] = decodeEntity(text, at + 1, end);
      at = text.charCodeAt(end) === 0x3b ? end + 1 : end;
    }
    return byteOutput.text(length);
  },
});

/** The kinds that entities may stand for. */
function madeOf(kinds: number): number {
  return (kinds & FEATURE.hash) === 0 ? NAMED_KINDS : ALL_FEATURES;
}

/** Where an entity ends whose text begins at `at`, its semicolon left out; -1 when there is none. */
function endOfEntity(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x23) {
    if (!BEGINS_NAME[text.charCodeAt(at) & 0xff]) return -1;
    let end = at;
    while (end <= at + LONGEST_NAME && isAlphanumeric(text.charCodeAt(end))) end++;
    return end > at && NAMED.has(text.slice(at, end).toLowerCase()) ? end : -1;
  }
  const isHexadecimal = (text.charCodeAt(at + 1) | 0x20) === 0x78;
  const start = at + (isHexadecimal ? 2 : 1);
  let end = start;
  while (isDigitOf(isHexadecimal, text.charCodeAt(end))) end++;
  return end > start ? end : -1;
}

function decodeEntity(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) !== 0x23) return NAMED.get(text.slice(at, end).toLowerCase())!;
  const isHexadecimal = (text.charCodeAt(at + 1) | 0x20) === 0x78;
  const base = isHexadecimal ? 16 : 10;
  let codePoint = 0;
  // Saturates as C's strtol does.
  for (let i = at + (isHexadecimal ? 2 : 1); i < end && codePoint < 0x7fffffff; i++)
    codePoint = codePoint * base + hexValue(text.charCodeAt(i));
  return Math.min(codePoint, 0x7fffffff) & 0xff;
}

function isDigitOf(isHexadecimal: boolean, byte: number): boolean {
  return isHexadecimal ? hexValue(byte) >= 0 : byte >= 0x30 && byte <= 0x39;
}

function isAlphanumeric(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}
