import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { messageOf, type Logger } from '@phalanx/kit';
import type { ListenerTls } from '../config.js';
import type { Deadlines, Expiring } from '../deadlines.js';
import { CertificateTable } from './certificates.js';

/** A connection whose handshake is under way. */
class Handshake<T> implements Expiring {
  readonly facts: T;
  deadline: number;
  readonly #socket: Socket;

  constructor(socket: Socket, facts: T, timeoutMs: number) {
    this.#socket = socket;
    this.facts = facts;
    this.deadline = performance.now() + timeoutMs;
  }

  onDeadline(): void {
    this.#socket.destroy();
  }
}

/** What a terminator needs of its listener. */
export interface TerminatorOwner<T> {
  readonly logger: Logger;
  readonly deadlines: Deadlines;
  /** How long a handshake may take, asked at its beginning; ms. */
  handshakeTimeoutMs(): number;
  onSecure(socket: TLSSocket, facts: T): void;
}

/**
 * Does the handshakes of one listener under one TLS configuration. It owns no port: connections are handed to it, so that a new configuration is
 * simply a new terminator, and connections of the old one live on.
 */
export class TlsTerminator<T> {
  readonly #server: Server;
  readonly #owner: TerminatorOwner<T>;
  /** By both ends of the connection, which are unique while it lives. */
  readonly #waiting = new Map<string, Handshake<T>>();

  /** `ticketKeys` of the terminator before this one keep clients' sessions resumable. */
  constructor(tls: ListenerTls, ticketKeys: Buffer | null, owner: TerminatorOwner<T>) {
    const table = new CertificateTable(tls);
    const keys = tls.ticketKeys ?? ticketKeys;
    const [first] = tls.certificates;
    this.#owner = owner;
    this.#server = createServer({
      ...(first === undefined ? {} : { cert: first.certPem, key: first.keyPem }),
      minVersion: tls.minVersion ?? 'TLSv1.2',
      ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
      ...(keys === null ? {} : { ticketKeys: keys }),
      ALPNProtocols: tls.http2 === false ? ['http/1.1'] : ['h2', 'http/1.1'],
      SNICallback: (name, done) => done(null, table.find(name)),
    });
    this.#server.on('secureConnection', (socket) => {
      const handshake = this.#finish(keyOf(socket));
      if (handshake === undefined) socket.destroy();
      else owner.onSecure(socket, handshake.facts);
    });
    this.#server.on('tlsClientError', (error) => owner.logger.debug('a TLS handshake failed', { reason: messageOf(error) }));
  }

  get ticketKeys(): Buffer {
    return this.#server.getTicketKeys();
  }

  /** Begins the handshake. The socket may hold bytes that were read ahead. */
  accept(socket: Socket, facts: T): void {
    const key = keyOf(socket);
    const handshake = new Handshake(socket, facts, this.#owner.handshakeTimeoutMs());
    this.#waiting.set(key, handshake);
    this.#owner.deadlines.add(handshake);
    socket.once('close', () => this.#finish(key));
    this.#server.emit('connection', socket);
  }

  #finish(key: string): Handshake<T> | undefined {
    const handshake = this.#waiting.get(key);
    if (handshake === undefined) return undefined;
    this.#waiting.delete(key);
    this.#owner.deadlines.delete(handshake);
    return handshake;
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`;
}
