import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TargetConfig, UpstreamTls } from '../config.js';
import { readBuffer } from '../read-buffer.js';
import { readStraight } from '../stream-door.js';

/** A socket to an origin, and the event after which it may be used. */
export interface OriginSocket {
  readonly socket: Socket;
  readonly readyEvent: 'connect' | 'secureConnect';
}

/** Opens a socket to an origin. What it reads, the first `length` of `bytes`, is lent to `onBytes`. */
export function openOriginSocket(
  target: TargetConfig,
  tls: UpstreamTls | undefined,
  onBytes: (bytes: Buffer, length: number) => void,
): OriginSocket {
  const { host, port } = target;
  if (tls === undefined) {
    const callback = (length: number): boolean => {
      onBytes(readBuffer, length);
      return true;
    };
    const plain = connect({ host, port, noDelay: true, keepAlive: true, onread: { buffer: readBuffer, callback } });
    plain.once('connect', () => readStraight(plain, (length) => onBytes(readBuffer, length)));
    return { socket: plain, readyEvent: 'connect' };
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
  socket.on('data', (bytes: Buffer) => onBytes(bytes, bytes.length));
  return { socket, readyEvent: 'secureConnect' };
}
