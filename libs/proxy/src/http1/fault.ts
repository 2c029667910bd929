/** Why a message can't be read: the status it is answered with and a stable word for logs. */
export interface HttpFault {
  readonly status: number;
  readonly reason: string;
}

const bad = (reason: string, status = 400): HttpFault => Object.freeze({ status, reason });

/**
 * Everything that makes a message unreadable or lets two parsers disagree on its boundaries. All of them close the connection.
 * @see RFC 9112, RFC 9110
 */
export const FAULT = {
  /** RFC 9112 3: white space before the method, no target, or control characters in the line. */
  requestLine: bad('request-line'),
  /** RFC 9112 2.2: LF without CR before it; a lenient parser would see another line. */
  bareLf: bad('bare-lf'),
  /** RFC 9112 2.2: CR without LF after it. */
  bareCr: bad('bare-cr'),
  /** RFC 9110 5.5: NUL cuts strings short in some parsers. */
  nul: bad('nul'),
  /** RFC 9112 5.1: white space between name and colon. */
  spaceBeforeColon: bad('space-before-colon'),
  /** RFC 9112 5.2: a folded line. */
  obsFold: bad('obs-fold'),
  /** RFC 9110 5.1: a name that is no token, or a line without colon. */
  headerName: bad('header-name'),
  headerCount: bad('header-count', 431),
  headerBytes: bad('header-bytes', 431),
  /** The head did not come in time. */
  headersTimeout: bad('headers-timeout', 408),
  urlBytes: bad('url-bytes', 414),
  /** RFC 9112 3.2: more than one Host. */
  hostRepeated: bad('host-repeated'),
  /** RFC 9112 6.3: not 1*DIGIT, too large, or a list. */
  contentLength: bad('content-length'),
  /** RFC 9112 6.3: repeated, even with equal values. */
  contentLengthRepeated: bad('content-length-repeated'),
  /** RFC 9112 6.1, 6.3: the classic of request smuggling. */
  contentLengthAndTransferEncoding: bad('content-length-and-transfer-encoding'),
  /** RFC 9112 6.1: anything but exactly one `chunked`. */
  transferEncoding: bad('transfer-encoding'),
  /** RFC 9112 6.1: HTTP/1.0 has no transfer codings. */
  transferEncodingVersion: bad('transfer-encoding-version'),
  /** RFC 9112 7.1: chunk size not 1*HEXDIG or too large. */
  chunkSize: bad('chunk-size'),
  /** RFC 9112 7.1.1: an extension with odd bytes, or extensions without end. */
  chunkExtension: bad('chunk-extension'),
  /** RFC 9112 7.1: the data isn't followed by CRLF. */
  chunkEnd: bad('chunk-end'),
  /** RFC 9110 6.5.1: a trailer that is malformed or would change framing or routing. */
  trailer: bad('trailer'),
  /** RFC 9112 4: not a status line. */
  statusLine: bad('status-line', 502),
} as const satisfies Record<string, HttpFault>;
