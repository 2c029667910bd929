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
  readonly sent: number;
  /** Connections that ended before all of their answers had come. */
  readonly broken: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One keep-alive connection that always has the same number of requests under way. */
class FloodConnection {
  readonly done: Promise<void>;
  sent = 0;
  answered = 0;
  isBroken = false;
  private readonly socket: Socket;
  private rest: Buffer = Buffer.alloc(0);
  private isStopping = false;

  constructor(
    private readonly options: FloodOptions,
    localAddress: string,
    private readonly onAnswer: (status: number) => void,
  ) {
    this.socket = connect({ host: options.host, port: options.port, localAddress, noDelay: true });
    this.socket.once('connect', () => this.send(options.pipelined));
    this.socket.on('data', (chunk: Buffer) => this.read(chunk));
    this.socket.on('error', () => undefined);
    this.done = new Promise((resolve) =>
      this.socket.once('close', () => {
        this.isBroken = this.answered < this.sent;
        resolve();
      }),
    );
  }

  /** Sends no more, and ends when every answer has come. */
  stop(): void {
    this.isStopping = true;
    if (this.answered === this.sent) this.socket.end();
  }

  private send(count: number): void {
    this.sent += count;
    this.socket.write(this.options.request.repeat(count));
  }

  private read(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let taken = 0;
    for (let at = 0; ;) {
      const headEnd = this.rest.indexOf(HEAD_END, at);
      if (headEnd < 0) break;
      const head = this.rest.toString('latin1', at, headEnd);
      const end = headEnd + HEAD_END.length + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (end > this.rest.length) break;
      this.onAnswer(Number(head.slice(9, 12)));
      taken++;
      at = end;
      this.rest = this.rest.subarray(at);
      at = 0;
    }
    this.answered += taken;
    if (!this.isStopping) this.send(taken);
    else if (this.answered === this.sent) this.socket.end();
  }
}

/** As many requests as a server answers, over a few connections, for so long. Resolves when the last answer has come or its connection broke. */
export async function flood(options: FloodOptions, durationMs: number): Promise<FloodResult> {
  const answers: Record<number, number> = {};
  const count = (status: number) => (answers[status] = (answers[status] ?? 0) + 1);
  const connections = Array.from(
    { length: options.connections },
    (_, i) => new FloodConnection(options, options.sources[i % options.sources.length]!, count),
  );
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  for (const connection of connections) connection.stop();
  await Promise.all(connections.map((connection) => connection.done));
  return {
    answers,
    sent: connections.reduce((sum, connection) => sum + connection.sent, 0),
    broken: connections.filter((connection) => connection.isBroken).length,
  };
}
