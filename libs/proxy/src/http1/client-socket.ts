import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The socket of a client's connection, as the connection handles it. */
export class ClientSocket {
  readonly #socket: Socket;
  #isPaused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The client takes less than was written. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Bytes of an answer have not left yet. */
  get hasUnsent(): boolean {
    return this.#socket.writableLength > 0;
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
