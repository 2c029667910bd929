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
