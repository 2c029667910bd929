import { textBytes } from '../../matching/text-bytes.js';
import { isWideSpace } from '../../transformations/bytes.js';

/** By byte: 1 for white space. */
const IS_SPACE = Uint8Array.from({ length: 256 }, (_, byte) => (isWideSpace(byte) ? 1 : 0));

/** Whether a literal, all lower-cased ASCII, stands in the text in any case of its letters once all white space is dropped. */
export function standsBeyondSpace(text: string, literal: string): boolean {
  const bytes = textBytes.of(text);
  const { length } = text;
  const first = literal.charCodeAt(0) | 0x20;
  for (let at = 0; at < length; at++) if ((bytes[at]! | 0x20) === first && beginsAt(bytes, at, length, literal)) return true;
  return false;
}

function beginsAt(bytes: Uint8Array, start: number, length: number, literal: string): boolean {
  let found = 0;
  for (let at = start; at < length; at++) {
    const byte = bytes[at]!;
    if (IS_SPACE[byte] === 1) continue;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== literal.charCodeAt(found)) return false;
    if (++found === literal.length) return true;
  }
  return false;
}
