import { STATUS_CODES } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sniffContentType } from './content-sniffing.js';

/** An answer of the back end. */
interface Reflected {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The back end that the tests are written for. `POST /reflect` answers what the JSON document in the body asks for (`status`, `headers`, `body` or
 * base64 `encodedBody`; `logMessage` is of no account here); every other request is answered 200 without a body. It takes any method, so that
 * nothing but the engine decides on a request.
 */
export class ReflectingOrigin {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Requests that came through to it. */
  requests = 0;

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  static async start(): Promise<ReflectingOrigin> {
    const origin = new ReflectingOrigin();
    await new Promise<void>((resolve, reject) => {
      origin.#server.once('error', reject);
      origin.#server.listen(0, '127.0.0.1', resolve);
    });
    return origin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let held = EMPTY;
    socket.on('data', (piece) => {
      held = Buffer.concat([held, piece]);
      for (let used = this.#answerFirst(held, socket); used > 0; used = this.#answerFirst(held, socket)) held = held.subarray(used);
    });
    socket.on('end', () => socket.end());
    // A client that goes away is none of the back end's business.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Answers the first request in the bytes when it is whole; gives the bytes it took. */
  #answerFirst(held: Buffer, socket: Socket): number {
    const headEnd = held.indexOf('\r\n\r\n');
    if (headEnd === -1) return 0;
    const [line = '', ...fields] = held.toString('latin1', 0, headEnd).split('\r\n');
    const body = readBody(held, headEnd + 4, fields);
    if (body === null) return 0;
    this.requests += 1;
    const [method = '', target = ''] = line.split(' ');
    const isReflecting = method === 'POST' && /^\/reflect(?:[/?]|$)/.test(target);
    socket.write(answerBytes(isReflecting ? reflect(body.content) : plain(200, ''), method));
    return body.end;
  }
}

/** What a document asks the back end to answer; 400 with the reason where it can't be followed. */
export function reflect(document: Buffer): Reflected {
  let wanted: unknown;
  try {
    wanted = JSON.parse(document.toString('utf8'));
  } catch {
    return plain(400, 'Invalid JSON in request body');
  }
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return plain(400, 'Invalid JSON in request body');
  const { status = 0, headers, body = '', encodedBody = '' } = wanted as Record<string, unknown>;
  const isKnown = typeof status === 'number' && typeof body === 'string' && typeof encodedBody === 'string';
  if (!isKnown || !Number.isInteger(status)) return plain(400, 'Invalid JSON in request body');
  if (status < 0 || (status > 0 && status < 100) || status >= 600) return plain(400, `Invalid status code: ${status}`);
  const content = body === '' ? Buffer.from(encodedBody, 'base64') : Buffer.from(body, 'utf8');
  return withType({ status: status === 0 ? 200 : status, headers: sendableFields(headers), body: content });
}

/** Fields that HTTP allows, without those that would contradict the framing of the answer. */
function sendableFields(headers: unknown): [name: string, value: string][] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'string' || !TOKEN.test(name) || /[\0\r\n]/.test(value)) return [];
    return /^(?:content-length|transfer-encoding|connection)$/i.test(name) ? [] : [[name, value]];
  });
}

function withType(answer: Reflected): Reflected {
  if (answer.body.length === 0 || answer.headers.some(([name]) => name.toLowerCase() === 'content-type')) return answer;
  return { ...answer, headers: [...answer.headers, ['Content-Type', sniffContentType(answer.body)]] };
}

function plain(status: number, text: string): Reflected {
  return withType({ status, headers: [], body: Buffer.from(text, 'utf8') });
}

function answerBytes({ status, headers, body }: Reflected, method: string): Buffer {
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = hasBody ? `Content-Length: ${body.length}\r\n` : '';
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${fields}${length}\r\n`;
  return Buffer.concat([Buffer.from(head, 'utf8'), hasBody && method !== 'HEAD' ? body : EMPTY]);
}

/** The body after a head, or null while it isn't whole. The engine alone sends requests here, so their framing is sound. */
function readBody(held: Buffer, start: number, fields: readonly string[]): { readonly content: Buffer; readonly end: number } | null {
  const field = (wanted: string): string | undefined =>
    fields
      .find((line) => line.toLowerCase().startsWith(`${wanted}:`))
      ?.slice(wanted.length + 1)
      .trim();
  if (field('transfer-encoding')?.toLowerCase() === 'chunked') return readChunks(held, start);
  const end = start + Number(field('content-length') ?? 0);
  return held.length < end ? null : { content: held.subarray(start, end), end };
}

function readChunks(held: Buffer, start: number): { readonly content: Buffer; readonly end: number } | null {
  const pieces: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = held.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(held.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (held.length < next) return null;
    if (size === 0) return { content: Buffer.concat(pieces), end: next };
    pieces.push(held.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
