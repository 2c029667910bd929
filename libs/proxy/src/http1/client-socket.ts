import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SocketWriter } from '../socket-writer.js';

/** The socket of a client's connection, as the connection handles it. */
export class ClientSocket {
  readonly writer: SocketWriter;
  readonly #socket: Socket;
  #isPaused = false;

  /** `onDrain` is called when the client took what it was behind with. */
  constructor(socket: Socket, onDrain: () => void) {
    this.writer = new SocketWriter(socket, onDrain);
    this.#socket = socket;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The client takes less than was written. */
  get isFull(): boolean {
    return this.writer.isFull;
  }

  /** Bytes of an answer have not left yet. */
  get hasUnsent(): boolean {
    return this.writer.hasUnsent;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Ends our direction, after what was written. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Cuts the client off so that it notices: a plain close would look like the regular end of an answer without length. */
  abort(): void {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}
