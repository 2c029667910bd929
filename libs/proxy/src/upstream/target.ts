import { messageOf } from '@phalanx/kit';
import type { TargetConfig, UpstreamTls } from '../config.js';
import type { Deadlines } from '../deadlines.js';
import { UpstreamConnection, type ConnectionOwner } from './connection.js';
import { openOriginSocket } from './origin-socket.js';

/** Times and counts of one target, all defaults filled in. */
export interface TargetSettings {
  readonly maxConnections: number;
  readonly maxIdle: number;
  readonly keepAliveMs: number;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly maxFails: number;
  readonly failTimeoutMs: number;
  readonly headerBytes: number;
  readonly headerCount: number;
}

/** The end of an attempt to connect: a connection, or why there is none. */
export type ConnectResult = (connection: UpstreamConnection | null, failure: 'refused' | 'timeout', detail: string) => void;

/** One origin server: its connections, its load and whether it rests after failures. */
export class Target implements ConnectionOwner {
  readonly name: string;
  readonly weight: number;
  readonly settings: TargetSettings;
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Running value of smooth weighted round robin. */
  currentWeight = 0;
  failuresTotal = 0;
  readonly #config: TargetConfig;
  readonly #tls: UpstreamTls | undefined;
  readonly #deadlines: Deadlines;
  readonly #onFree: () => void;
  readonly #idle: UpstreamConnection[] = [];
  #open = 0;
  #failsInRow = 0;
  #restsUntil = 0;
  #isRetired = false;

  /** `onFree` is called when a connection became idle or closed, so that someone who waits can go on. */
  constructor(config: TargetConfig, tls: UpstreamTls | undefined, settings: TargetSettings, deadlines: Deadlines, onFree: () => void) {
    this.#config = config;
    this.#tls = tls;
    this.settings = settings;
    this.#deadlines = deadlines;
    this.#onFree = onFree;
    this.name = `${config.host}:${config.port}`;
    this.weight = config.weight ?? 1;
    this.headerBytes = settings.headerBytes;
    this.headerCount = settings.headerCount;
  }

  /** Connections that carry an exchange or are being made. */
  get active(): number {
    return this.#open - this.#idle.length;
  }

  get idle(): number {
    return this.#idle.length;
  }

  get hasRoom(): boolean {
    return this.#idle.length > 0 || this.#open < this.settings.maxConnections;
  }

  isResting(now: number): boolean {
    return this.#restsUntil > now;
  }

  /** The idle connection used last, which is the least likely to be closed meanwhile. */
  takeIdle(): UpstreamConnection | null {
    return this.#idle.pop() ?? null;
  }

  /** Makes a new connection; `done` is called once, later. */
  connect(done: ConnectResult): void {
    this.#open += 1;
    let connection: UpstreamConnection | null = null;
    const { socket, readyEvent } = openOriginSocket(this.#config, this.#tls, (bytes, length) => connection?.receive(bytes, length));
    let isSettled = false;
    const settle = (failure: 'refused' | 'timeout', detail: string): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (connection === null) {
        this.#open -= 1;
        socket.on('error', () => undefined);
        socket.destroy();
        this.markFailed();
      }
      done(connection, failure, detail);
      if (connection === null) this.#onFree();
    };
    const timer = setTimeout(() => settle('timeout', 'no connection in time'), this.settings.connectTimeoutMs);
    const refused = (error: unknown): void => settle('refused', error instanceof Error ? messageOf(error) : 'closed');
    socket.once('error', refused);
    socket.once('close', refused);
    socket.once(readyEvent, () => {
      if (isSettled) return;
      socket.removeListener('error', refused);
      socket.removeListener('close', refused);
      connection = new UpstreamConnection(socket, this);
      this.#deadlines.add(connection);
      settle('refused', '');
    });
  }

  responseDeadline(): number {
    return this.#deadlines.after(this.settings.responseTimeoutMs);
  }

  /** Passive health: an answer came. */
  markHealthy(): void {
    this.#failsInRow = 0;
    this.#restsUntil = 0;
  }

  /** Passive health: no connection, no answer or a broken one. */
  markFailed(): void {
    this.failuresTotal += 1;
    this.#failsInRow += 1;
    if (this.#failsInRow >= this.settings.maxFails) this.#restsUntil = performance.now() + this.settings.failTimeoutMs;
  }

  onConnectionIdle(connection: UpstreamConnection): void {
    if (this.#isRetired || this.#idle.length >= this.settings.maxIdle) {
      connection.destroy();
      return;
    }
    const announced = connection.keepAliveSeconds * 1000;
    // A second before the origin's own time: it must not close it while our next request is under way.
    const keepMs =
      announced > 0 ? Math.min(this.settings.keepAliveMs, Math.max(announced - 1000, announced / 2)) : this.settings.keepAliveMs;
    connection.deadline = this.#deadlines.after(keepMs);
    this.#idle.push(connection);
    this.#onFree();
  }

  onConnectionClosed(connection: UpstreamConnection): void {
    this.#open -= 1;
    this.#deadlines.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    this.#onFree();
  }

  /** Closes what is idle, and each further connection after its exchange. */
  retire(): void {
    this.#isRetired = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }
}
