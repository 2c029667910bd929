import { connect, type Socket } from 'node:net';
import { type EngineAnswer, engineAnswerSchema, type EngineStatus } from '@phalanx/contracts';
import { isRunning } from './box-clock.js';

const STATUS_MS = 1_000;
/** How often a lost connection to the engine is tried again. */
const CONNECT_MS = 50;
/** How often the engine's processes are looked at: one system call each. */
const LOOK_MS = 25;
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

export interface PresenceOptions {
  readonly controlSocket: string;
  /** The engine's primary hung up, or the last of its workers has ended: whether somebody still serves must be found out at once. */
  readonly onTrouble: (reason: 'primary-ended' | 'workers-ended') => void;
}

/**
 * Holds a connection to the engine's control socket, whose end means that the primary is gone, and knows its workers by pid. Workers outlive their
 * primary for a while and go on serving.
 */
export class EnginePresence {
  /** Processes that serve, by the engine's own last word. */
  private workers: readonly number[] = [];
  private socket: Socket | null = null;
  private nextId = 1;
  private lastAskedMs = 0;
  private readonly timers: NodeJS.Timeout[];
  private isEnded = false;

  constructor(private readonly options: PresenceOptions) {
    this.connect();
    this.timers = [setInterval(() => this.look(), LOOK_MS), setInterval(() => this.tend(), CONNECT_MS)];
  }

  /** Whether the engine has named workers and none of them runs any more. */
  get hasLostWorkers(): boolean {
    return this.workers.length > 0 && !this.workers.some(isRunning);
  }

  stop(): void {
    this.isEnded = true;
    for (const timer of this.timers) clearInterval(timer);
    this.socket?.destroy();
  }

  private look(): void {
    if (!this.hasLostWorkers) return;
    this.workers = [];
    this.options.onTrouble('workers-ended');
  }

  private tend(): void {
    if (!this.socket) this.connect();
    else if (performance.now() - this.lastAskedMs >= STATUS_MS) this.ask();
  }

  private connect(): void {
    const socket = connect(this.options.controlSocket);
    this.socket = socket;
    let wasConnected = false;
    let rest = '';
    socket.setEncoding('utf8');
    socket.once('connect', () => {
      wasConnected = true;
      this.ask();
    });
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_CHARACTERS) socket.destroy();
      for (const line of lines) this.take(line);
    });
    // Said by `close` as well.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.socket = null;
      if (wasConnected && !this.isEnded) this.options.onTrouble('primary-ended');
    });
  }

  private ask(): void {
    this.lastAskedMs = performance.now();
    this.socket?.write(`${JSON.stringify({ id: this.nextId++, op: 'status' })}\n`);
  }

  private take(line: string): void {
    const status = statusIn(line);
    if (!status) return;
    const serving = status.workers.filter(({ state }) => state === 'serving' || state === 'unresponsive').map(({ pid }) => pid);
    // While new workers start, those of before may still serve.
    if (serving.length > 0) this.workers = serving;
  }
}

function statusIn(line: string): EngineStatus | null {
  let answer: EngineAnswer;
  try {
    answer = engineAnswerSchema.parse(JSON.parse(line));
  } catch {
    // Not understood: whether it serves is found out at its listeners.
    return null;
  }
  return 'status' in answer ? answer.status : null;
}
