import { connect, type TLSSocket } from 'node:tls';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const DEADLINE_MS = 10_000;

/** RFC 9113 6: frame types. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
/** RFC 9113 6: flags. */
export const FLAG = { endStream: 1, endHeaders: 4, ack: 1 } as const;

/** A frame that came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A field of a header block. */
export type Field = readonly [name: string, value: string];

/** What a request needs at least. */
export const GET: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'a'],
  [':path', '/'],
];

/** A frame's bytes. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541 5.1: an integer with a prefix of 7 bits. */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** RFC 7541 6.2.2: literals without indexing and without Huffman coding, so that any byte can be sent. */
export function headerBlock(fields: readonly Field[]): Buffer {
  const text = (value: string): Buffer => Buffer.concat([integer(value.length), Buffer.from(value, 'latin1')]);
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** An HTTP/2 client without manners: it sends what frames it is told to, and keeps what comes. */
export class RawHttp2Client {
  readonly frames: Frame[] = [];
  readonly socket: TLSSocket;
  isEnded = false;
  #rest: Buffer = Buffer.alloc(0);
  #hasPreface = false;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isEnded = true));
    socket.on('end', () => (this.isEnded = true));
  }

  /** Connected, with the preface and its own SETTINGS sent unless told otherwise. */
  static async open(port: number, hasPreface = true): Promise<RawHttp2Client> {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    socket.setNoDelay(true);
    const client = new RawHttp2Client(socket);
    client.#hasPreface = hasPreface;
    if (hasPreface) client.send(Buffer.from(PREFACE, 'latin1'), frame(FRAME.settings, 0, 0));
    return client;
  }

  send(...frames: readonly Buffer[]): boolean {
    if (this.isEnded || this.socket.destroyed) return false;
    return this.socket.write(Buffer.concat(frames));
  }

  /** Opens a stream with a header block. */
  request(stream: number, fields: readonly Field[], isEnded = true): boolean {
    return this.send(frame(FRAME.headers, FLAG.endHeaders | (isEnded ? FLAG.endStream : 0), stream, headerBlock(fields)));
  }

  /** Waits until `holds`. Throws after the deadline. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + DEADLINE_MS;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`no ${what} in time; got frames ${this.frames.map(({ type }) => type).join()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Error code of the GOAWAY that came, or null. */
  get goAwayCode(): number | null {
    const found = this.frames.find(({ type }) => type === FRAME.goAway);
    return found === undefined ? null : found.payload.readUInt32BE(4);
  }

  /** Error code of the RST_STREAM of a stream, or null. */
  resetCode(stream: number): number | null {
    const found = this.frames.find((one) => one.type === FRAME.resetStream && one.stream === stream);
    return found === undefined ? null : found.payload.readUInt32BE(0);
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < 9 + length) return;
      const payload = Buffer.from(this.#rest.subarray(9, 9 + length));
      const received = {
        type: this.#rest.readUInt8(3),
        flags: this.#rest.readUInt8(4),
        stream: this.#rest.readUInt32BE(5) & 0x7fffffff,
        payload,
      };
      this.#rest = this.#rest.subarray(9 + length);
      this.frames.push(received);
      if (this.#hasPreface && received.type === FRAME.settings && (received.flags & FLAG.ack) === 0)
        this.send(frame(FRAME.settings, FLAG.ack, 0));
    }
  }
}
