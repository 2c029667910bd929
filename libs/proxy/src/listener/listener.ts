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
        resolve();
      });
    });
    this.#server.on('error', (error) => this.#context.logger.error('a listener failed', { address, port, reason: messageOf(error) }));
    this.#info = { ...this.#info, port: (this.#server.address() as AddressInfo).port };
  }

  /** Builds what a configuration needs, without using it yet. Throws `invalid`. */
  prepare(config: ListenerConfig): ListenerSettings {
    const timeoutMs = this.#context.generation.limits.headersTimeoutMs;
    const resolver = new ClientAddressResolver(config.clientAddress);
    if (config.tls === undefined) return { resolver, terminator: null };
    const keys = this.#settings?.terminator?.ticketKeys ?? null;
    const onSecure = (socket: TLSSocket, from: Provenance): void => this.#startSecure(socket, from, resolver);
    return { resolver, terminator: new TlsTerminator(config.tls, keys, timeoutMs, this.#context.logger, onSecure) };
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

  #accept(socket: Socket): void {
    const { counters, sources, generation } = this.#context;
    const peer: Endpoint = { address: normalAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    if (peer.address === '') return void socket.destroy();
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
    const settings = this.#settings;
    const from: Provenance = { client: peer, peer, listener: this.#info, isPeerTrusted: settings.resolver.trustsHeadersOf(peer) };
    if (!settings.resolver.expectsProxyHeader(peer)) return this.#start(socket, from, settings, null);
    new ProxyHeaderReader(socket, this.#context.deadlines, generation.limits.headersTimeoutMs, (client, rest) => {
      this.#start(socket, client === null ? from : { ...from, client }, settings, rest);
    });
  }

  #turnAway(socket: Socket, peer: Endpoint, reason: 'max-connections' | 'max-connections-per-source'): void {
    this.#context.counters.connectionsRefused += 1;
    this.#context.hooks.onConnectionRefused?.(peer.address, reason);
    socket.destroy();
  }

  #start(socket: Socket, from: Provenance, settings: ListenerSettings, first: Buffer | null): void {
    if (settings.terminator === null) {
      this.#keep((done) => new Http1Connection(this.#context, socket, from, settings.resolver, first, done));
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
    if (socket.alpnProtocol === 'h2') this.#keep((done) => new Http2Connection(this.#context, socket, named, resolver, done));
    else this.#keep((done) => new Http1Connection(this.#context, socket, named, resolver, null, done));
  }

  #keep(make: (done: () => void) => Connection): void {
    const connection = make(() => this.#connections.delete(connection));
    this.#connections.add(connection);
  }
}
