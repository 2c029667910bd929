import type { Socket } from 'node:net';
import type { Deadlines, Expiring } from '../deadlines.js';
import type { Endpoint } from '../gate.js';
import { PendingBytes } from '../pending-bytes.js';
import { parseProxyHeader } from './proxy-protocol.js';

/** Reads the PROXY protocol header that a trusted peer must open with. A wrong or late one closes the connection. */
export class ProxyHeaderReader implements Expiring {
  deadline: number;
  readonly #socket: Socket;
  readonly #deadlines: Deadlines;
  readonly #onDone: (client: Endpoint | null, rest: Buffer) => void;
  readonly #pending = new PendingBytes();
  readonly #onData = (chunk: Buffer): void => this.#read(chunk);
  readonly #onError = (): void => this.#stop();

  /** `onDone` gets the client (null: the peer stands for itself) and what came after the header; the socket is paused then. */
  constructor(socket: Socket, deadlines: Deadlines, timeoutMs: number, onDone: (client: Endpoint | null, rest: Buffer) => void) {
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.#onDone = onDone;
    this.deadline = performance.now() + timeoutMs;
    deadlines.add(this);
    socket.on('data', this.#onData);
    socket.on('error', this.#onError);
    socket.on('end', this.#onError);
    socket.on('close', this.#onError);
  }

  onDeadline(): void {
    this.#stop();
  }

  #stop(): void {
    this.#deadlines.delete(this);
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#pending.join(chunk);
    const header = parseProxyHeader(bytes);
    if (header.kind === 'invalid') return this.#stop();
    if (header.kind === 'incomplete') return this.#pending.keep(bytes);
    this.#deadlines.delete(this);
    this.#socket.pause();
    this.#socket.off('data', this.#onData).off('error', this.#onError).off('end', this.#onError).off('close', this.#onError);
    this.#onDone(header.client, bytes.subarray(header.length));
  }
}
