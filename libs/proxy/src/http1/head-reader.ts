import type { ProxyLimits } from '../config.js';
import { RequestRecord } from '../request-record.js';
import { FAULT, type HttpFault } from './fault.js';
import { findHeadEnd, hasBareLf, skipEmptyLines } from './head-end.js';
import { latin1 } from './octets.js';
import { parseRequestHead } from './request-head.js';

const HEAD_END = '\r\n\r\n';
/** A read of at most so many bytes is looked at as text first. */
const TEXT_BYTES = 16_384;

/** What came of looking for a head: a request, the fault that makes it unreadable, or null while it isn't complete. `used` bytes are done with. */
export interface HeadResult {
  readonly head: RequestRecord | HttpFault | null;
  readonly used: number;
}

/** Finds request heads at the start of the bytes of one connection, however these arrive. */
export class HeadReader {
  /** Bytes of an incomplete head that were already searched. */
  #scanned = 0;

  /** Some of a head has come, but not all. */
  get hasBegun(): boolean {
    return this.#scanned > 0;
  }

  /**
   * The usual case: the bytes begin with a whole head, and have the whole body too if there is one and it is small. Null, with nothing done,
   * when it isn't so.
   */
  readWhole(bytes: Buffer, length: number, limits: ProxyLimits): RequestRecord | HttpFault | null {
    if (length > TEXT_BYTES) return null;
    const text = latin1(bytes, 0, length);
    const end = text.indexOf(HEAD_END) + HEAD_END.length;
    if (end < HEAD_END.length || end > limits.headerBytes || text.startsWith('\r')) return null;
    const head = parseRequestHead(bytes, text, end, limits);
    if (head instanceof RequestRecord) {
      const { bodyLength } = head;
      if (bodyLength > 0 && bodyLength <= length - end) head.body = text.substring(end, end + bodyLength);
    }
    return head;
  }

  /** `bytes` begin where the last result left off. */
  read(bytes: Buffer, limits: ProxyLimits): HeadResult {
    const used = skipEmptyLines(bytes);
    const rest = used === 0 ? bytes : bytes.subarray(used);
    const end = findHeadEnd(rest, Math.max(0, this.#scanned - 3));
    if (end > limits.headerBytes || (end === -1 && rest.length > limits.headerBytes)) return { head: FAULT.headerBytes, used };
    if (end === -1) return { head: this.#await(rest), used };
    this.#scanned = 0;
    const head = parseRequestHead(rest, latin1(rest, 0, end), end, limits);
    // A head that can't be read is not done with: it is the evidence.
    return { head, used: head instanceof RequestRecord ? used + end : used };
  }

  /** What can never become a head is refused at once, rather than when its time has run out. */
  #await(rest: Buffer): HttpFault | null {
    if (rest.length === 0) return null;
    const first = rest[0] ?? 0;
    const isHalfEmptyLine = first === 0x0d && rest.length === 1;
    if ((first <= 0x20 && !isHalfEmptyLine) || first === 0x7f) return FAULT.requestLine;
    if (hasBareLf(rest, this.#scanned)) return FAULT.bareLf;
    this.#scanned = rest.length;
    return null;
  }
}
