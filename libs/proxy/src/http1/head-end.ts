/** Offset just after the empty line that ends a head, or -1. `from` is where an earlier search over the same bytes may go on. */
export function findHeadEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf('\r\n\r\n', from, 'latin1');
  return at === -1 ? -1 : at + 4;
}

/** Whether an LF stands without CR before it: such a head is refused at once rather than awaited until its time runs out. */
export function hasBareLf(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 0x0d) return true;
  }
  return false;
}

/** Bytes of empty lines before a request, which are ignored (RFC 9112 2.2). */
export function skipEmptyLines(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) at += 2;
  return at;
}
