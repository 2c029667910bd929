/** A text's UTF-8 form as a byte string: one character per byte, the form in which SecLang is compiled. */
export function byteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
