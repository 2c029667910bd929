import { isWideSpace } from './bytes.js';

const VALUE_OF = new Int8Array(256).fill(-1);
'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('').forEach((char, value) => {
  VALUE_OF[char.charCodeAt(0)] = value;
});

/**
 * Base64 to bytes; padding is not needed. Bytes that are not of the alphabet end the text, or with `isForgiving` are passed over.
 * Left-over bits of an unfinished byte are dropped.
 */
export function decodeBase64(text: string, isForgiving: boolean): string {
  const bytes = Buffer.allocUnsafe((text.length * 3) >> 2);
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUE_OF[text.charCodeAt(i)]!;
    if (value < 0) {
      if (isForgiving) continue;
      break;
    }
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = bits >> held;
    }
  }
  return bytes.toString('latin1', 0, length);
}

/** 1 for visible ASCII characters and white space, the no-break space included. */
const IS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) => (isWideSpace(byte) || (byte > 0x20 && byte < 0x7f) ? 1 : 0));

/** By byte that is not of the alphabet: 1 where it is passed over, 0 where it ends the text. */
export const NOTHING_PASSES = new Uint8Array(256);
export const SPACE_PASSES = NOTHING_PASSES.map((_, byte) => (isWideSpace(byte) ? 1 : 0));
export const ALL_PASSES = new Uint8Array(256).fill(1);

/** Whether there are so many characters of text side by side in what a text decodes to, with some other bytes passed over. */
export function holdsBase64(text: string, count: number, passes: Uint8Array): boolean {
  if (count === 0) return true;
  if ((text.length * 3) >> 2 < count) return false;
  let bits = 0;
  let held = 0;
  let run = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    const value = VALUE_OF[byte]!;
    if (value < 0) {
      if (passes[byte] === 1) continue;
      break;
    }
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (IS_TEXT[(bits >> held) & 0xff] === 0) run = 0;
    else if (++run === count) return true;
  }
  return false;
}
