/** Reads one answer of HTTP/1.1 out of the bytes of a connection, as they come. */
export class AnswerReader {
  #bytes = '';
  #status = 0;
  /** Where the body begins; -1 while the head is incomplete. */
  #bodyAt = -1;
  #length = 0;
  #isChunked = false;
  /** Where the next chunk's size line begins. */
  #chunkAt = 0;
  #isClosing = false;
  readonly #hasBody: boolean;

  /** An answer to HEAD has no body, whatever its headers say. */
  constructor(method: string) {
    this.#hasBody = method !== 'HEAD';
  }

  /** 0 until the final head has come; interim answers are passed over. */
  get status(): number {
    return this.#status;
  }

  /** The server will close the connection, or ends the answer by doing so. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** True when the whole answer is there. */
  push(bytes: Buffer): boolean {
    this.#bytes += bytes.toString('latin1');
    if (this.#bodyAt < 0 && !this.#readHead()) return false;
    if (!this.#isChunked) return this.#bytes.length - this.#bodyAt >= this.#length;
    return this.#readChunks();
  }

  #readHead(): boolean {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = this.#bytes.slice(0, end);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
    if (status >= 100 && status < 200) {
      this.#bytes = this.#bytes.slice(end + 4);
      return this.#readHead();
    }
    this.#status = status;
    this.#bodyAt = end + 4;
    this.#chunkAt = end + 4;
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    const isEmpty = !this.#hasBody || status === 204 || status === 304;
    this.#isChunked = !isEmpty && /^transfer-encoding: *chunked/im.test(head);
    this.#isClosing = /^connection: *close/im.test(head) || (!isEmpty && !this.#isChunked && length === undefined);
    this.#length = isEmpty ? 0 : length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    return true;
  }

  #readChunks(): boolean {
    for (;;) {
      const lineEnd = this.#bytes.indexOf('\r\n', this.#chunkAt);
      if (lineEnd < 0) return false;
      const size = Number.parseInt(this.#bytes.slice(this.#chunkAt, lineEnd), 16);
      const next = lineEnd + 2 + size + 2;
      if (this.#bytes.length < next) return false;
      if (size === 0) return true;
      this.#chunkAt = next;
    }
  }
}
