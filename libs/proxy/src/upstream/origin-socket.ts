import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TargetConfig, UpstreamTls } from '../config.js';

const READ_BYTES = 65_536;
/** Where all plain sockets read into; what they read is copied at once. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** A socket to an origin, and the event after which it may be used. */
export interface OriginSocket {
  readonly socket: Socket;
  readonly readyEvent: 'connect' | 'secureConnect';
}

/** Opens a socket to an origin. What it reads goes to `onBytes`, which owns the bytes. */
export function openOriginSocket(target: TargetConfig, tls: UpstreamTls | undefined, onBytes: (bytes: Buffer) => void): OriginSocket {
  const { host, port } = target;
  if (tls === undefined) {
    // Reading into one buffer and copying the few hundred bytes that come is cheaper than a new 64 kB buffer for every read.
    const callback = (length: number): boolean => {
      onBytes(Buffer.from(readBuffer.subarray(0, length)));
      return true;
    };
    return {
      socket: connect({ host, port, noDelay: true, keepAlive: true, onread: { buffer: readBuffer, callback } }),
      readyEvent: 'connect',
    };
  }
  const servername = tls.serverName ?? host;
  const socket = connectTls({
    host,
    port,
    ...(isIP(servername) === 0 ? { servername } : {}),
    rejectUnauthorized: tls.verify ?? true,
    ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
    ALPNProtocols: ['http/1.1'],
  });
  socket.setNoDelay(true);
  socket.on('data', onBytes);
  return { socket, readyEvent: 'secureConnect' };
}
