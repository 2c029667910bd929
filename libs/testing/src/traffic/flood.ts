import { connect, type Socket } from 'node:net';

export interface FloodOptions {
  readonly host: string;
  readonly port: number;
  /** One whole request, sent again and again. */
  readonly request: string;
  readonly connections: number;
  /** Requests that one connection has under way. */
  readonly pipelined: number;
  /** Loopback addresses that the connections come from, in turn. */
  readonly sources: readonly string[];
}

export interface FloodResult {
  /** Whole answers by status. */
  readonly answers: Readonly<Record<number, number>>;
  /** Requests that were to be answered: not those that came after a last answer, which a server ignores. @see RFC 9112 9.6 */
  readonly sent: number;
  /** Connections that ended before all of their answers had come, without having said so. */
  readonly broken: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One client that always has the same number of requests under way, on a keep-alive connection and its successors. */
class FloodClient {
  readonly done: Promise<void>;
  sent = 0;
  answered = 0;
  broken = 0;
  private socket: Socket;
  private rest: Buffer = Buffer.alloc(0);
  private isStopping = false;
  private isLast = false;
  private finish: () => void = () => undefined;

  constructor(
    private readonly options: FloodOptions,
    private readonly localAddress: string,
    private readonly onAnswer: (status: number) => void,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
    this.socket = this.open();
  }

  /** Sends no more, and ends when every answer has come. */
  stop(): void {
    this.isStopping = true;
    if (this.answered === this.sent) this.socket.end();
  }

  private open(): Socket {
    const { host, port, pipelined } = this.options;
    this.isLast = false;
    this.rest = Buffer.alloc(0);
    const socket = connect({ host, port, localAddress: this.localAddress, noDelay: true });
    socket.once('connect', () => this.send(pipelined));
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => this.closed());
    return socket;
  }

  private closed(): void {
    if (this.isLast) this.sent = this.answered;
    else if (this.answered < this.sent) this.broken++;
    if (this.isStopping || !this.isLast) this.finish();
    else this.socket = this.open();
  }

  private send(count: number): void {
    this.sent += count;
    this.socket.write(this.options.request.repeat(count));
  }

  private read(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let taken = 0;
    for (;;) {
      const headEnd = this.rest.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = this.rest.toString('latin1', 0, headEnd);
      const end = headEnd + HEAD_END.length + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (end > this.rest.length) break;
      this.onAnswer(Number(head.slice(9, 12)));
      taken++;
      this.isLast ||= /\r\nconnection: *close/i.test(head);
      this.rest = this.rest.subarray(end);
    }
    this.answered += taken;
    if (this.isLast) this.socket.end();
    else if (!this.isStopping) this.send(taken);
    else if (this.answered === this.sent) this.socket.end();
  }
}

/** As many requests as a server answers, from a few clients, for so long. Resolves when the last answer has come or its connection broke. */
export async function flood(options: FloodOptions, durationMs: number): Promise<FloodResult> {
  const answers: Record<number, number> = {};
  const count = (status: number) => (answers[status] = (answers[status] ?? 0) + 1);
  const clients = Array.from(
    { length: options.connections },
    (_, i) => new FloodClient(options, options.sources[i % options.sources.length]!, count),
  );
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  for (const client of clients) client.stop();
  await Promise.all(clients.map((client) => client.done));
  return {
    answers,
    sent: clients.reduce((sum, client) => sum + client.sent, 0),
    broken: clients.reduce((sum, client) => sum + client.broken, 0),
  };
}
