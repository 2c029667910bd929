import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { connect, createServer as createRawServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { NginxReader } from './nginx-reader.js';
import { readRequests, type ReadRequest } from './read-requests.js';

/** One connection that the proxy opened, as three readers saw it. */
interface Recorded {
  bytes: Buffer[];
  read: ReadRequest[];
  rest: string;
  fault: string | null;
}

/** A request as node:http understood it. */
interface NodeRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

/**
 * An origin that keeps every byte and understands it in independent ways: by the canonical reader, by node:http, and by nginx where there is one.
 * Answers are given by the canonical reader, in order, and tell which request they belong to.
 */
export class RecordingOrigin {
  readonly #connections: Recorded[] = [];
  readonly #nodeSeen: NodeRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #node: HttpServer;
  #nodePort = 0;
  readonly #nginx: NginxReader | null;
  port = 0;

  private constructor(nginx: NginxReader | null) {
    this.#nginx = nginx;
    this.#server = createRawServer({ noDelay: true }, (socket) => this.#record(socket));
    this.#node = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, headersTimeout: 0 }, (message, response) => {
      collect(message, (body) => {
        this.#nodeSeen.push({ method: message.method ?? '', target: message.url ?? '', body });
        response.end();
      });
    });
    this.#node.on('upgrade', (message: IncomingMessage, socket) => {
      this.#nodeSeen.push({ method: message.method ?? '', target: message.url ?? '', body: '' });
      socket.destroy();
    });
    this.#node.on('clientError', (_error, socket) => socket.destroy());
  }

  static async start(withNginx: boolean): Promise<RecordingOrigin> {
    const origin = new RecordingOrigin(withNginx ? await NginxReader.start() : null);
    origin.#nodePort = await listen(origin.#node);
    origin.port = await listen(origin.#server);
    return origin;
  }

  /** Connections opened so far. */
  get connections(): number {
    return this.#connections.length;
  }

  get bytes(): number {
    let count = 0;
    for (const { bytes } of this.#connections) for (const piece of bytes) count += piece.length;
    return count;
  }

  /** Requests of the canonical reader, connection by connection. */
  get seen(): readonly ReadRequest[] {
    return this.#connections.flatMap(({ read }) => read);
  }

  /** What the canonical reader could not make a request of. */
  get leftovers(): { bytesWithoutRequest: string; fault: string | null } {
    const faulty = this.#connections.find(({ fault }) => fault !== null);
    return { bytesWithoutRequest: this.#connections.map(({ rest }) => rest).join(''), fault: faulty?.fault ?? null };
  }

  /** Forgets what was recorded and cuts the connections, so that the next case begins on new ones. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#connections.length = 0;
    this.#nodeSeen.length = 0;
  }

  /**
   * What the readers disagree on, or what is not in canonical form; empty when all is well. Call it when nothing is under way. A reader that
   * refuses a request sees no further ones: that is no disagreement. `allowsCut`: a connection may end inside a request that was refused.
   */
  async disagreements(allowsCut = false): Promise<string[]> {
    const found: string[] = [];
    for (const { bytes, read, rest, fault } of this.#connections) {
      if (fault !== null) found.push(`the canonical reader objects: ${fault}`);
      else if (rest !== '' && !allowsCut) found.push(`bytes without a request: ${JSON.stringify(rest)}`);
      const whole = Buffer.concat(bytes);
      const expected = read.map(({ method, target, body }) => ({ method, target, body }));
      const node = await this.#askNode(whole);
      if (!isPrefix(node, expected)) found.push(`node:http read ${JSON.stringify(node)} instead of ${JSON.stringify(expected)}`);
      const nginx = await this.#nginx?.read(whole);
      const lines = expected.map(({ method, target }) => `${method} ${target}`);
      // It answers before it has a whole body, so that a cut request is one more.
      if (rest !== '' && nginx !== undefined && nginx.requests.length > lines.length) lines.push(nginx.requests[lines.length] ?? '');
      const isSame = nginx === undefined || (nginx.hasRefused ? isPrefix(nginx.requests, lines) : String(nginx.requests) === String(lines));
      if (!isSame) found.push(`nginx read ${JSON.stringify(nginx)} instead of ${JSON.stringify(lines)}`);
    }
    return found;
  }

  async close(): Promise<void> {
    this.reset();
    this.#node.closeAllConnections();
    await Promise.all([
      new Promise((done) => this.#server.close(done)),
      new Promise((done) => this.#node.close(done)),
      this.#nginx?.close(),
    ]);
  }

  #record(socket: Socket): void {
    const recorded: Recorded = { bytes: [], read: [], rest: '', fault: null };
    this.#connections.push(recorded);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      recorded.bytes.push(chunk);
      if (recorded.fault !== null) return;
      const { requests, rest, fault } = readRequests(recorded.rest + chunk.toString('latin1'), 'canonical');
      recorded.read.push(...requests);
      recorded.rest = rest;
      recorded.fault = fault;
      for (const request of requests) socket.write(answerTo(request));
      if (fault !== null) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  }

  async #askNode(bytes: Buffer): Promise<readonly NodeRequest[]> {
    const from = this.#nodeSeen.length;
    await new Promise<void>((resolve) => {
      const socket = connect(this.#nodePort, '127.0.0.1');
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve());
      socket.resume().end(bytes);
    });
    return this.#nodeSeen.slice(from);
  }
}

/** The answer names what was asked, so that a client can tell whose answer it got. */
function answerTo({ method, target, body }: ReadRequest): Buffer {
  const text = `${method} ${target} ${body.length}`;
  return Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${method === 'HEAD' ? '' : text}`, 'latin1');
}

function isPrefix<T>(part: readonly T[], whole: readonly T[]): boolean {
  return part.every((item, index) => JSON.stringify(item) === JSON.stringify(whole[index]));
}

function collect(message: IncomingMessage, done: (body: string) => void): void {
  let body = '';
  message.on('data', (piece: Buffer) => (body += piece.toString('latin1')));
  message.on('end', () => done(body));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
