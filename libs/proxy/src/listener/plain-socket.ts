import { Socket, type Server, type SocketConstructorOpts } from 'node:net';
import { readBuffer } from '../read-buffer.js';
import { readStraight } from '../stream-door.js';

/** An accepted connection before a Socket is made of it. Node's own object; only handed on. */
export interface AcceptedHandle {
  setNoDelay(enable: boolean): void;
}

interface ListeningHandle {
  onconnection: (this: unknown, error: number, client: AcceptedHandle) => void;
}

/**
 * Gives connections of a listening server to `take` instead of its 'connection' event, as long as `isTaken` says so. Where this version of
 * Node has no such door, nothing changes.
 */
export function takeConnections(server: Server, isTaken: () => boolean, take: (client: AcceptedHandle) => void): void {
  const handle = (server as unknown as { readonly _handle?: Partial<ListeningHandle> | null })._handle;
  const onConnection = handle?.onconnection;
  if (!handle || typeof onConnection !== 'function') return;
  handle.onconnection = function (error, client): void {
    if (error !== 0 || !isTaken()) onConnection.call(this, error, client);
    else take(client);
  };
}

/**
 * A socket that reads into the one buffer of the process and lends what it read to `onBytes`: neither a buffer nor an event per read, and an
 * idle connection holds no buffer. `net.createServer` has no option for it.
 */
export function plainSocket(client: AcceptedHandle, onBytes: (bytes: Buffer, length: number) => void): Socket {
  const callback = (length: number): boolean => {
    onBytes(readBuffer, length);
    return true;
  };
  client.setNoDelay(true);
  const options = { handle: client, allowHalfOpen: true, onread: { buffer: readBuffer, callback } };
  const socket = new Socket(options as unknown as SocketConstructorOpts);
  readStraight(socket, (length) => onBytes(readBuffer, length));
  return socket;
}
