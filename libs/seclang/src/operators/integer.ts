/** A value as C's atoi reads it: optional sign and leading digits; 0 where there are none. */
export function toInteger(text: string): number {
  if (text.length === 1) {
    const digit = text.charCodeAt(0) - 0x30;
    return digit >= 0 && digit <= 9 ? digit : 0;
  }
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}
