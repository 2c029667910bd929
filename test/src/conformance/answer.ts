import type { HeaderField } from './ftw-test.js';

/** An answer of the engine. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  /** Head and body as they came, read as UTF-8. */
  readonly text: string;
}

interface Head {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  /** Where the body begins. */
  readonly end: number;
}

/** Reads an answer as it arrives: `push` what came, `close` when nothing follows. */
export class AnswerReader {
  readonly #hasNoBody: boolean;
  #bytes = Buffer.alloc(0);

  /** `method` is that of the request: an answer to HEAD has no body. */
  constructor(method: string) {
    this.#hasNoBody = method === 'HEAD';
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** The answer when it is whole, else null. Throws an `Error` for what is no HTTP. */
  push(piece: Buffer): Answer | null {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    return this.#read(false);
  }

  /** The answer that the end of the connection completes, or null where it ended too early. Throws like `push`. */
  close(): Answer | null {
    return this.#read(true);
  }

  #read(isClosed: boolean): Answer | null {
    const head = this.#head();
    if (head === null) return null;
    const { status, headers, end } = head;
    const length = this.#bodyLength(head);
    if (length === null ? !isClosed : this.#bytes.length < end + length) return null;
    return { status, headers, text: this.#bytes.toString('utf8', 0, length === null ? undefined : end + length) };
  }

  /** The head of the final answer: those of 1xx are passed over. */
  #head(): Head | null {
    for (let start = 0; ;) {
      const end = this.#bytes.indexOf('\r\n\r\n', start);
      if (end === -1) {
        if (this.#bytes.length > start + 5 && this.#bytes.toString('latin1', start, start + 5) !== 'HTTP/')
          throw new Error('the answer is not HTTP');
        return null;
      }
      const [line = '', ...fields] = this.#bytes.toString('latin1', start, end).split('\r\n');
      const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(line)?.[1] ?? Number.NaN);
      if (Number.isNaN(status)) throw new Error(`the answer is not HTTP: ${line.slice(0, 100)}`);
      if (status >= 200 || status === 101) return { status, headers: fields.map(fieldOf), end: end + 4 };
      start = end + 4;
    }
  }

  /** Bytes of the body with its framing; null while only the connection's end will tell. */
  #bodyLength({ status, headers, end }: Head): number | null {
    if (this.#hasNoBody || status === 204 || status === 304 || status === 101) return 0;
    const field = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
    if (field('transfer-encoding')?.toLowerCase() === 'chunked') return chunkedLength(this.#bytes, end);
    const length = field('content-length');
    return length === undefined ? null : Number(length);
  }
}

/** Bytes that a chunked body takes from `start` on; infinite while its end has not come. */
function chunkedLength(bytes: Buffer, start: number): number {
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return Number.POSITIVE_INFINITY;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!Number.isSafeInteger(size)) throw new Error('the answer has a chunk without a size');
    if (size === 0) {
      const end = bytes.indexOf('\r\n\r\n', lineEnd);
      return end === -1 ? Number.POSITIVE_INFINITY : end + 4 - start;
    }
    at = lineEnd + 2 + size + 2;
  }
}

function fieldOf(line: string): HeaderField {
  const colon = line.indexOf(':');
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}
