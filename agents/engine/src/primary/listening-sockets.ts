import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { AppError } from '@phalanx/kit';
import type { WorkerHandle } from './worker-handle.js';

/** UV_TCP_REUSEPORT of libuv: another process of ours, which is to take over, can bind beside us. */
const SHARE_PORT = 2;

/** Where to listen. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Node's own object for a socket. What is bound here is never listened on here: it is handed to workers. */
interface SocketHandle {
  getsockname(into: { address?: string; port?: number }): number;
  close(): void;
}

/** The function by which Node's own `cluster` binds a socket without listening. It gives the error's number (below 0) when it can't. */
type CreateServerHandle = (
  address: string,
  port: number,
  addressType: 4 | 6,
  fd: number | undefined,
  flags: number,
) => SocketHandle | number;

const createServerHandle = (net as unknown as { readonly _createServerHandle: CreateServerHandle })._createServerHandle;

/**
 * The sockets that all workers listen on together. They are bound here and stay open here, so that a connection which waits to be accepted
 * belongs to no worker: one that is stalled takes none, and one that dies takes none with it. The kernel wakes whoever is idle.
 */
export class ListeningSockets {
  readonly #sockets = new Map<string, { readonly endpoint: Endpoint; readonly handle: SocketHandle }>();
  readonly #flags: number;

  /** `isPortShared`: other processes of the same user may listen on the same ports. */
  constructor(isPortShared: boolean) {
    this.#flags = isPortShared ? SHARE_PORT : 0;
  }

  /** Binds where it isn't bound yet, and says where that is (port 0 becomes a real one). Throws `conflict`; then nothing was bound. */
  bind(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const bound: Endpoint[] = [];
    const added: string[] = [];
    try {
      for (const endpoint of endpoints) {
        const known = this.#sockets.get(keyOf(endpoint));
        if (known) {
          bound.push(known.endpoint);
          continue;
        }
        const socket = this.#open(endpoint);
        const key = keyOf(socket.endpoint);
        this.#sockets.set(key, socket);
        added.push(key);
        bound.push(socket.endpoint);
      }
    } catch (error) {
      for (const key of added) this.#close(key);
      throw error;
    }
    return bound;
  }

  /** Closes all others. Workers that listen on one of those do so until they close it. */
  keepOnly(endpoints: readonly Endpoint[]): void {
    const kept = new Set(endpoints.map(keyOf));
    for (const key of [...this.#sockets.keys()]) if (!kept.has(key)) this.#close(key);
  }

  /** Sends a worker all sockets. It listens on those that its generation names. */
  readonly giveTo = (worker: Pick<WorkerHandle, 'give'>): void => {
    for (const { endpoint, handle } of this.#sockets.values()) worker.give({ type: 'socket', ...endpoint }, handle);
  };

  #open({ address, port }: Endpoint): { readonly endpoint: Endpoint; readonly handle: SocketHandle } {
    const handle = createServerHandle(address, port, net.isIPv6(address) ? 6 : 4, undefined, this.#flags);
    if (typeof handle === 'number') throw refusal(address, port, handle);
    const name: { port?: number } = {};
    // An address that is taken is told here.
    const error = handle.getsockname(name);
    if (error !== 0) {
      handle.close();
      throw refusal(address, port, error);
    }
    return { endpoint: { address, port: name.port ?? port }, handle };
  }

  #close(key: string): void {
    this.#sockets.get(key)?.handle.close();
    this.#sockets.delete(key);
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function refusal(address: string, port: number, error: number): AppError {
  const name = getSystemErrorName(error);
  const why = name === 'EADDRINUSE' ? 'the address is in use by another program' : name;
  return new AppError('conflict', 'engine.address-in-use', `can't listen on ${address} port ${port}: ${why}`);
}
