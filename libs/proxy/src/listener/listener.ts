import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AppError, messageOf } from '@phalanx/kit';
import { ClientAddressResolver } from '../client-address.js';
import type { ListenerConfig } from '../config.js';
import type { Connection, ServerContext } from '../context.js';
import type { Provenance } from '../forwarding.js';
import type { Endpoint, ListenerInfo } from '../gate.js';
import { Http1Connection } from '../http1/connection.js';
import { Http2Connection } from '../http2/connection.js';
import { normalAddress, sourceOf } from '../networks.js';
import type { SharedSocket } from '../options.js';
import { plainSocket, takeConnections, type AcceptedHandle } from './plain-socket.js';
import { ProxyHeaderReader } from './proxy-header-reader.js';
import { TlsTerminator } from './tls-terminator.js';

/** The parts of a listener that a new configuration replaces; connections keep those they began with. */
export interface ListenerSettings {
  readonly resolver: ClientAddressResolver;
  readonly terminator: TlsTerminator<Provenance> | null;
}

/** One open port. It lives as long as configurations name its address and port; everything else of it can change meanwhile. */
export class Listener {
  readonly #context: ServerContext;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  /** All sockets, also those whose handshake isn't done. */
  readonly #sockets = new Set<Socket>();
  #settings: ListenerSettings;
  #info: ListenerInfo;

  constructor(context: ServerContext, config: ListenerConfig) {
    this.#context = context;
    this.#info = { address: config.address, port: config.port, tls: config.tls !== undefined };
    this.#settings = this.prepare(config);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  get info(): ListenerInfo {
    return this.#info;
  }

  get isBusy(): boolean {
    for (const connection of this.#connections) if (connection.isBusy) return true;
    return false;
  }

  /** Listens on the shared socket, or on one of its own. Throws `unavailable` when the port can't be had. */
  async open(shared: SharedSocket | null, reusePort: boolean, backlog: number): Promise<void> {
    const { address, port } = this.#info;
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void =>
        reject(
          new AppError('unavailable', 'proxy.listen', `can't listen on ${address} port ${port}: ${messageOf(cause)}`, {
            cause,
            details: { address, port },
          }),
        );
      this.#server.once('error', refuse);
      this.#server.listen(shared ?? { host: address, port, reusePort, backlog }, backlog, () => {
        this.#server.off('error', refuse);
        takeConnections(
          this.#server,
          () => this.#settings.terminator === null && !this.#settings.resolver.hasProxyHeaders,
          (client) => this.#acceptPlain(client),
        );
        resolve();
      });
    });
    this.#server.on('error', (error) => this.#context.logger.error('a listener failed', { address, port, reason: messageOf(error) }));
    this.#info = { ...this.#info, port: (this.#server.address() as AddressInfo).port };
  }

  /** Builds what a configuration needs, without using it yet. Throws `invalid`. */
  prepare(config: ListenerConfig): ListenerSettings {
    const resolver = new ClientAddressResolver(config.clientAddress);
    if (config.tls === undefined) return { resolver, terminator: null };
    const keys = this.#settings?.terminator?.ticketKeys ?? null;
    const { logger, deadlines } = this.#context;
    const handshakeTimeoutMs = (): number => this.#context.generation.limits.headersTimeoutMs;
    const onSecure = (socket: TLSSocket, from: Provenance): void => this.#startSecure(socket, from, resolver);
    return { resolver, terminator: new TlsTerminator(config.tls, keys, { logger, deadlines, handshakeTimeoutMs, onSecure }) };
  }

  /** New connections begin with these settings. */
  use(settings: ListenerSettings): void {
    this.#settings = settings;
    this.#info = { ...this.#info, tls: settings.terminator !== null };
  }

  /** Closes the port; connections end after the answer they are at. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.drain();
  }

  /** Nobody is connected any more. */
  get isEmpty(): boolean {
    return this.#sockets.size === 0;
  }

  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #acceptPlain(client: AcceptedHandle): void {
    let connection: Http1Connection | null = null;
    const socket = plainSocket(client, (bytes, length) => connection?.receive(bytes, length));
    const from = this.#admit(socket);
    if (from !== null) connection = this.#startHttp1(socket, from, this.#settings.resolver, null);
  }

  #accept(socket: Socket): void {
    const from = this.#admit(socket);
    if (from === null) return;
    const settings = this.#settings;
    if (!settings.resolver.expectsProxyHeader(from.peer)) return this.#start(socket, from, settings, null);
    const timeoutMs = this.#context.generation.limits.headersTimeoutMs;
    new ProxyHeaderReader(socket, this.#context.deadlines, timeoutMs, (client, rest) => {
      this.#start(socket, client === null ? from : { ...from, client }, settings, rest);
    });
  }

  /** Counts a connection, and tells where it comes from; null when it was turned away. */
  #admit(socket: Socket): Provenance | null {
    const { counters, sources, generation } = this.#context;
    const peer: Endpoint = { address: normalAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    if (peer.address === '') {
      socket.destroy();
      return null;
    }
    const source = sourceOf(peer.address);
    if (counters.connections >= generation.limits.maxConnections) return this.#turnAway(socket, peer, 'max-connections');
    if (!sources.acquire(source, generation.limits.maxConnectionsPerSource))
      return this.#turnAway(socket, peer, 'max-connections-per-source');
    counters.connections += 1;
    counters.connectionsTotal += 1;
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      counters.connections -= 1;
      sources.release(source);
    });
    const isPeerTrusted = this.#settings.resolver.trustsHeadersOf(peer);
    return { client: peer, peer, listener: this.#info, isPeerTrusted, lastForwarded: { authority: '', lines: '' } };
  }

  #turnAway(socket: Socket, peer: Endpoint, reason: 'max-connections' | 'max-connections-per-source'): null {
    this.#context.counters.connectionsRefused += 1;
    this.#context.hooks.onConnectionRefused?.(peer.address, reason);
    socket.destroy();
    return null;
  }

  #start(socket: Socket, from: Provenance, settings: ListenerSettings, first: Buffer | null): void {
    if (settings.terminator === null) {
      const connection = this.#startHttp1(socket, from, settings.resolver, first);
      socket.on('data', (chunk: Buffer) => connection.receive(chunk, chunk.length));
      if (first !== null) socket.resume();
      return;
    }
    socket.on('error', (error) => this.#context.logger.debug('a client connection failed', { reason: messageOf(error) }));
    if (first !== null && first.length > 0) socket.unshift(first);
    settings.terminator.accept(socket, from);
  }

  #startSecure(socket: TLSSocket, from: Provenance, resolver: ClientAddressResolver): void {
    const sni = socket.servername;
    const named: Provenance =
      typeof sni === 'string' && sni !== '' ? { ...from, listener: { ...from.listener, sni: sni.toLowerCase() } } : from;
    if (socket.alpnProtocol === 'h2') {
      const done = (): unknown => this.#connections.delete(connection);
      const connection = new Http2Connection(this.#context, socket, named, resolver, done);
      this.#connections.add(connection);
    } else {
      const connection = this.#startHttp1(socket, named, resolver, null);
      socket.on('data', (chunk: Buffer) => connection.receive(chunk, chunk.length));
    }
  }

  /** HTTP/1 over a socket whose bytes are readable as they are. */
  #startHttp1(socket: Socket, from: Provenance, resolver: ClientAddressResolver, first: Buffer | null): Http1Connection {
    const done = (): unknown => this.#connections.delete(connection);
    const connection = new Http1Connection(this.#context, socket, from, resolver, first, done);
    this.#connections.add(connection);
    return connection;
  }
}
