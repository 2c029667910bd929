import type { SharedSocket } from '@phalanx/proxy';

interface Closable {
  close(): void;
}

/** Bound sockets that the primary has sent, until a listener takes them. */
export class OfferedSockets {
  readonly #sockets = new Map<string, SharedSocket>();

  /** Puts a socket in the place of what was offered there before; null only takes that away. */
  offer(address: string, port: number, socket: SharedSocket | null): void {
    const key = `${address} ${port}`;
    const before = this.#sockets.get(key);
    if (before) OfferedSockets.close(before);
    if (socket) this.#sockets.set(key, socket);
    else this.#sockets.delete(key);
  }

  /** Hands a socket over for good; null when there is none for this place. */
  readonly take = (address: string, port: number): SharedSocket | null => {
    const key = `${address} ${port}`;
    const found = this.#sockets.get(key) ?? null;
    this.#sockets.delete(key);
    return found;
  };

  clear(): void {
    for (const socket of this.#sockets.values()) OfferedSockets.close(socket);
    this.#sockets.clear();
  }

  static close(socket: SharedSocket): void {
    (socket as Closable).close();
  }
}
