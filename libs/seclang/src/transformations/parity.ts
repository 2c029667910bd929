/** Whether the low seven bits of a byte hold an odd number of ones. */
export function isOddParity(byte: number): boolean {
  let bits = byte & 0x7f;
  bits ^= bits >> 4;
  bits ^= bits >> 2;
  bits ^= bits >> 1;
  return (bits & 1) === 1;
}

/** A text with each byte replaced. */
export function mapBytes(text: string, change: (byte: number) => number): string {
  const bytes = Buffer.from(text, 'latin1');
  for (let i = 0; i < bytes.length; i++) bytes[i] = change(bytes[i]!);
  return bytes.toString('latin1');
}
