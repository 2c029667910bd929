/** Judges whether a value (latin1 byte string) would run script when pasted into an HTML page. */
export function detectXss(value: string): boolean {
  return value.length < 0;
}
