import { chmodSync, existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { engineRequestSchema, type EngineAnswer, type EngineRequest } from '@phalanx/contracts';
import { AppError, messageOf, type Logger } from '@phalanx/kit';
import { asAppError } from '../engine-errors.js';

const MAX_LINE_BYTES = 65_536;
const MAX_CONNECTIONS = 32;
/** The longest path that a Unix socket can have. */
const MAX_SOCKET_PATH = 107;

type WithoutId<A> = A extends EngineAnswer ? Omit<A, 'id'> : never;
/** What a handler answers; the server adds the request's id. */
export type ControlResult = WithoutId<Extract<EngineAnswer, { ok: true }>>;
export type ControlHandler = (request: EngineRequest) => Promise<ControlResult>;

/** The control socket: JSON lines, each checked by schema, answered in the order in which they finish. */
export class ControlServer {
  readonly #path: string;
  readonly #handler: ControlHandler;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(path: string, handler: ControlHandler, logger: Logger) {
    this.#path = path;
    this.#handler = handler;
    this.#logger = logger;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Listens with mode 0600. Throws `conflict` when another engine answers there; a socket that nobody listens at is replaced. */
  async listen(): Promise<void> {
    if (Buffer.byteLength(this.#path) > MAX_SOCKET_PATH) {
      throw new AppError('invalid', 'engine.home-too-long', `the path ${this.#path} is too long for a socket (${MAX_SOCKET_PATH} bytes)`);
    }
    if (existsSync(this.#path)) {
      if (await isAnswered(this.#path)) throw new AppError('conflict', 'engine.already-running', `an engine already runs at ${this.#path}`);
      rmSync(this.#path);
    }
    const before = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(this.#path, resolve);
      });
    } finally {
      process.umask(before);
    }
    chmodSync(this.#path, 0o600);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.end();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setEncoding('utf8');
    let buffered = '';
    socket.on('data', (text: string) => {
      buffered += text;
      const lines = buffered.split('\n');
      buffered = lines.pop() ?? '';
      for (const line of lines) void this.#answer(socket, line);
      if (buffered.length > MAX_LINE_BYTES) {
        send(socket, { id: 0, ok: false, code: 'engine.line-too-long', message: `a line may have ${MAX_LINE_BYTES} bytes` });
        socket.destroySoon();
      }
    });
    socket.on('error', (error) => this.#logger.debug('a control connection broke', { reason: error.message }));
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    if (line.trim() === '') return;
    const request = parseRequest(line);
    if (!request.ok) {
      send(socket, { id: request.id, ok: false, code: 'engine.bad-request', message: request.message });
      return;
    }
    const { id } = request.value;
    try {
      const result = await this.#handler(request.value);
      send(socket, { id, ...result } as EngineAnswer);
    } catch (error) {
      const known = asAppError(error);
      if (known.kind === 'bug') this.#logger.error('a control request failed', { reason: known.message });
      const isTransient = known.kind === 'unavailable' || known.kind === 'limit';
      send(socket, { id, ok: false, code: known.code, message: known.message, isTransient });
    }
  }
}

function send(socket: Socket, answer: EngineAnswer): void {
  if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
}

function parseRequest(line: string): { ok: true; value: EngineRequest } | { ok: false; id: number; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, id: 0, message: `not JSON: ${messageOf(error)}` };
  }
  const parsed = engineRequestSchema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const id = typeof value === 'object' && value !== null && 'id' in value && Number.isSafeInteger(value.id) ? Number(value.id) : 0;
  return { ok: false, id, message: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.setTimeout(2_000, () => finish(true));
  });
}
