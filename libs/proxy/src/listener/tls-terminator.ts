import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { messageOf, type Logger } from '@phalanx/kit';
import type { ListenerTls } from '../config.js';
import { CertificateTable } from './certificates.js';

/**
 * Does the handshakes of one listener under one TLS configuration. It owns no port: connections are handed to it, so that a new configuration is
 * simply a new terminator, and connections of the old one live on.
 */
export class TlsTerminator<T> {
  readonly #server: Server;
  /** By both ends of the connection, which are unique while it lives. */
  readonly #waiting = new Map<string, T>();

  /** `ticketKeys` of the terminator before this one keep clients' sessions resumable. */
  constructor(
    tls: ListenerTls,
    ticketKeys: Buffer | null,
    timeoutMs: number,
    logger: Logger,
    onSecure: (socket: TLSSocket, facts: T) => void,
  ) {
    const table = new CertificateTable(tls);
    const keys = tls.ticketKeys ?? ticketKeys;
    const [first] = tls.certificates;
    this.#server = createServer({
      ...(first === undefined ? {} : { cert: first.certPem, key: first.keyPem }),
      minVersion: tls.minVersion ?? 'TLSv1.2',
      ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
      ...(keys === null ? {} : { ticketKeys: keys }),
      ALPNProtocols: tls.http2 === false ? ['http/1.1'] : ['h2', 'http/1.1'],
      SNICallback: (name, done) => done(null, table.find(name)),
      handshakeTimeout: timeoutMs,
    });
    this.#server.on('secureConnection', (socket) => {
      const facts = this.#waiting.get(keyOf(socket));
      if (facts === undefined) socket.destroy();
      else onSecure(socket, facts);
    });
    this.#server.on('tlsClientError', (error) => logger.debug('a TLS handshake failed', { reason: messageOf(error) }));
  }

  get ticketKeys(): Buffer {
    return this.#server.getTicketKeys();
  }

  /** Begins the handshake. The socket may hold bytes that were read ahead. */
  accept(socket: Socket, facts: T): void {
    const key = keyOf(socket);
    this.#waiting.set(key, facts);
    socket.once('close', () => this.#waiting.delete(key));
    this.#server.emit('connection', socket);
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`;
}
