import { connect, type Socket } from 'node:net';
import {
  type EngineAnswer,
  engineAnswerSchema,
  type EngineLoad,
  type EngineMetrics,
  type EngineStatus,
  type RefusedSource,
} from '@phalanx/contracts';
import { AppError, messageOf } from '@phalanx/kit';
import type { EngineLink } from './engine-link.js';

const ASK_TIMEOUT_MS = 5_000;
/** Compiling a large pack for several workers takes its time. */
const LOAD_TIMEOUT_MS = 60_000;
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

type Pending = {
  readonly resolve: (answer: EngineAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};
type Ask = { op: 'status' | 'refusals' } | { op: 'metrics'; reader: string } | { op: 'load' | 'check'; folder: 'staged' | 'active' };

/** `EngineLink` over the engine's control socket: one connection, made at need and anew when the engine was restarted. */
export class SocketEngineLink implements EngineLink {
  private socket: Socket | null = null;
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();

  constructor(private readonly path: string) {}

  async status(): Promise<EngineStatus> {
    const answer = await this.ask({ op: 'status' }, ASK_TIMEOUT_MS);
    if ('status' in answer) return answer.status;
    throw unexpected();
  }

  async metrics(reader: string): Promise<EngineMetrics> {
    const answer = await this.ask({ op: 'metrics', reader }, ASK_TIMEOUT_MS);
    if ('metrics' in answer) return answer.metrics;
    throw unexpected();
  }

  async refusals(): Promise<readonly RefusedSource[]> {
    const answer = await this.ask({ op: 'refusals' }, ASK_TIMEOUT_MS);
    if ('refusals' in answer) return answer.refusals;
    throw unexpected();
  }

  load(folder: 'staged' | 'active'): Promise<EngineLoad> {
    return this.askLoad('load', folder);
  }

  check(folder: 'staged' | 'active'): Promise<EngineLoad> {
    return this.askLoad('check', folder);
  }

  close(): void {
    this.socket?.destroy();
  }

  private async askLoad(op: 'load' | 'check', folder: 'staged' | 'active'): Promise<EngineLoad> {
    const answer = await this.ask({ op, folder }, LOAD_TIMEOUT_MS);
    if ('load' in answer) return answer.load;
    throw unexpected();
  }

  private async ask(request: Ask, timeoutMs: number): Promise<EngineAnswer> {
    const id = this.nextId++;
    const answer = await new Promise<EngineAnswer>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new AppError('unavailable', 'engine.timeout', `the engine did not answer ${request.op} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.pending.set(id, { resolve, reject, timer });
      this.connected().write(`${JSON.stringify({ id, ...request })}\n`);
    });
    // A refusal that may pass by itself (a silent worker, a full disk) says nothing against the content.
    if (!answer.ok) throw new AppError(answer.isTransient ? 'unavailable' : 'invalid', answer.code, answer.message);
    return answer;
  }

  private connected(): Socket {
    if (this.socket) return this.socket;
    const socket = connect(this.path);
    this.socket = socket;
    let reason = 'it closed its control socket';
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_CHARACTERS) socket.destroy(new Error('its answer is too long'));
      for (const line of lines) this.take(line, socket);
    });
    socket.on('error', (error) => (reason = messageOf(error)));
    socket.once('close', () => {
      if (this.socket === socket) this.socket = null;
      this.failAll(reason);
    });
    return socket;
  }

  private take(line: string, socket: Socket): void {
    let answer: EngineAnswer;
    try {
      answer = engineAnswerSchema.parse(JSON.parse(line));
    } catch (cause) {
      socket.destroy(new Error('its answer was not understood', { cause }));
      return;
    }
    const waiting = this.pending.get(answer.id);
    if (!waiting) return;
    this.pending.delete(answer.id);
    clearTimeout(waiting.timer);
    waiting.resolve(answer);
  }

  private failAll(reason: string): void {
    const failed = [...this.pending.values()];
    this.pending.clear();
    for (const { reject, timer } of failed) {
      clearTimeout(timer);
      reject(new AppError('unavailable', 'engine.unreachable', `the engine does not answer: ${reason}`));
    }
  }
}

function unexpected(): AppError {
  return new AppError('unavailable', 'engine.unexpected', 'the engine answered something else than was asked');
}
