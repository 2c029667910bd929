import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { handleOf, streamDoor, type PendingWrite, type StreamHandle } from './stream-door.js';

/** One for all sockets, as long as nothing has to wait. */
let spare: PendingWrite | null = null;

/**
 * Writes to a socket. Texts go straight to the kernel as long as it takes them, which most answers and requests do: the way through the
 * stream costs as much as making up what is written.
 */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #handle: StreamHandle | null;
  readonly #onDrain: () => void;
  /** A text that went past the stream has not left yet. */
  #isWaiting = false;

  /** `onDrain` is called when what was written has left, after a write that gave false. */
  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    this.#handle = streamDoor === null ? null : handleOf(socket);
    this.#onDrain = onDrain;
    socket.on('drain', () => {
      if (!this.#isWaiting) onDrain();
    });
  }

  /** The other side takes less than was written. */
  get isFull(): boolean {
    return this.#isWaiting || this.#socket.writableNeedDrain;
  }

  /** Something that was written has not left yet. */
  get hasUnsent(): boolean {
    return this.#isWaiting || this.#socket.writableLength > 0;
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** False when the other side takes less than comes. */
  write(data: Buffer): boolean {
    return this.#socket.write(data) && !this.#isWaiting;
  }

  /** Of one character per byte; the same otherwise. */
  writeText(text: string): boolean {
    const socket = this.#socket;
    if (this.#handle === null || this.#isWaiting || !socket.writable || socket.writableLength > 0)
      return socket.write(text, 'latin1') && !this.#isWaiting;
    return this.#writeNow(this.#handle, text);
  }

  /** Several pieces in one system call. */
  writeTogether(pieces: readonly (string | Buffer)[]): boolean {
    const socket = this.#socket;
    let isFlowing = true;
    socket.cork();
    for (const piece of pieces) isFlowing = typeof piece === 'string' ? socket.write(piece, 'latin1') : socket.write(piece);
    socket.uncork();
    return isFlowing && !this.#isWaiting;
  }

  #writeNow(handle: StreamHandle, text: string): boolean {
    const request = (spare ??= streamDoor!.newWrite());
    const error = handle.writeLatin1String(request, text);
    if (error !== 0) return this.#failed(error);
    if (!streamDoor!.isWriting()) return true;
    // Node holds on to it until it is done.
    spare = null;
    this.#isWaiting = true;
    request.oncomplete = (status) => this.#written(status);
    return false;
  }

  #written(status: number): void {
    this.#isWaiting = false;
    if (this.#socket.destroyed) return;
    if (status < 0) this.#failed(status);
    else if (!this.#socket.writableNeedDrain) this.#onDrain();
  }

  /** What the stream does with a write that failed. */
  #failed(status: number): false {
    spare = null;
    this.#socket.destroy(new Error(`write ${getSystemErrorName(status)}`));
    return false;
  }
}
