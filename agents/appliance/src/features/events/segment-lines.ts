import { closeSync, openSync, readSync } from 'node:fs';

/** A line that is longer than this can't travel in a batch; it is reported instead of sent. */
export const LINE_LIMIT_BYTES = 512 * 1024;
const READ_BYTES = 1024 * 1024;
const LINE_FEED = 10;
/** One buffer serves all reads: they are synchronous, one after another. */
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Called with each whole line (without its line feed) and the offset after it; false stops. The bytes are valid during the call only. */
export type LineVisitor = (line: Buffer, nextOffset: number) => boolean;

/**
 * Visits the whole lines of a file from an offset on. What follows the last line feed is left alone: it may still be written, or cut
 * off. A line over the limit is visited with its first bytes only. Throws the system's error, `ENOENT` among them.
 */
export function visitLines(path: string, from: number, visit: LineVisitor): void {
  const fd = openSync(path, 'r');
  try {
    let offset = from;
    for (;;) {
      const length = readSync(fd, buffer, 0, READ_BYTES, offset);
      let start = 0;
      while (start < length) {
        const end = buffer.indexOf(LINE_FEED, start);
        // Beyond `length` the buffer holds what an earlier read left.
        if (end < 0 || end >= length) break;
        if (!visit(buffer.subarray(start, end), offset + end + 1)) return;
        start = end + 1;
      }
      offset += start;
      if (length < READ_BYTES) return;
      if (start > 0) continue;
      const end = endOfLongLine(fd, offset + length);
      // The buffer was used for the search: the line's beginning is read again.
      if (end === null || !visit(buffer.subarray(0, readSync(fd, buffer, 0, READ_BYTES, offset)), end)) return;
      offset = end;
    }
  } finally {
    closeSync(fd);
  }
}

function endOfLongLine(fd: number, from: number): number | null {
  for (let offset = from; ;) {
    const length = readSync(fd, buffer, 0, READ_BYTES, offset);
    const end = buffer.subarray(0, length).indexOf(LINE_FEED);
    if (end >= 0) return offset + end + 1;
    if (length === 0) return null;
    offset += length;
  }
}
