import type { TLSSocket } from 'node:tls';
import type { ClientAddressResolver } from '../client-address.js';
import type { Connection, ServerContext } from '../context.js';
import type { Provenance } from '../forwarding.js';

export class Http2Connection implements Connection {
  readonly #socket: TLSSocket;
  constructor(_context: ServerContext, socket: TLSSocket, _from: Provenance, _resolver: ClientAddressResolver, done: () => void) {
    this.#socket = socket;
    socket.on('close', done);
  }
  drain(): void {
    this.#socket.destroy();
  }
  destroy(): void {
    this.#socket.destroy();
  }
}
