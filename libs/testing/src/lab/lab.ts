import { mkdirSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';
import { builtProgram } from '../stack/repo.js';
import { claimLab, removeLab, removeOrphans } from './lab-folder.js';
import { LabHost } from './lab-host.js';
import { labReason } from './lab-reason.js';
import { LabSegment } from './lab-segment.js';
import type { RelayOptions, RelayPlace } from './relay-options.js';

const SHORT_NAME = /^[a-z][a-z0-9-]{0,20}$/;

/**
 * A network of hosts on this machine, made of Linux network namespaces. The machine's own namespace stays as it is. `close` removes all of it;
 * what a crashed run left is removed by the next `create`.
 */
export class Lab {
  readonly hosts: LabHost[] = [];
  readonly segments: LabSegment[] = [];
  private readonly servers = new Set<Server>();
  private readonly sockets = new Set<Socket>();
  private doors = 0;
  private closing: Promise<void> | null = null;

  private constructor(
    /** Unique on this machine; namespaces are named after it. */
    readonly id: string,
    readonly folder: string,
  ) {}

  /** Throws `unavailable` with the reason where there can be no lab. An aborted signal closes it. */
  static async create(options: { readonly signal?: AbortSignal } = {}): Promise<Lab> {
    const reason = labReason();
    if (reason !== null) throw new AppError('unavailable', 'lab.refused', reason);
    await removeOrphans();
    const { id, folder } = claimLab();
    const lab = new Lab(id, folder);
    options.signal?.addEventListener('abort', () => void lab.close(), { once: true });
    return lab;
  }

  async segment(name: string): Promise<LabSegment> {
    const segment = await LabSegment.create(name, this.namespaceOf('s', name));
    this.segments.push(segment);
    return segment;
  }

  async host(name: string): Promise<LabHost> {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    const host = await LabHost.create(name, this.namespaceOf('h', name), folder);
    this.hosts.push(host);
    return host;
  }

  /** A relay in a host: what connects to `listen` is connected to `target`, each byte later by the delay. Without addresses both are in that host. */
  async relay(host: LabHost, options: RelayOptions): Promise<void> {
    const relay = host.node(builtProgram('libs/testing/dist/lab/programs/relay.js'), [JSON.stringify(options)]);
    await relay.line(/^relay listening/m);
  }

  /** Makes a TCP port of this machine's loopback reachable in the lab: who connects to the host's address and port reaches it. */
  async doorIn(host: LabHost, listen: { readonly address: string; readonly port: number }, localPort: number): Promise<void> {
    const path = this.nextDoor();
    await this.serve({ path }, () => connect({ host: '127.0.0.1', port: localPort }));
    await this.relay(host, { listen, target: { path } });
  }

  /** Makes an address that a host reaches reachable from this machine: answers the loopback port that leads there. */
  async doorOut(host: LabHost, target: { readonly address: string; readonly port: number }): Promise<number> {
    const path = this.nextDoor();
    await this.relay(host, { listen: { path }, target });
    const server = await this.serve({ host: '127.0.0.1', port: 0 }, () => connect({ path }));
    const bound = server.address();
    return bound && typeof bound === 'object' ? bound.port : 0;
  }

  /** Ends every program of the lab and removes its namespaces and files. Also fine twice. */
  async close(): Promise<void> {
    this.closing ??= this.remove();
    await this.closing;
  }

  private async remove(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
    await removeLab(this.id);
  }

  private namespaceOf(kind: 'h' | 's', name: string): string {
    if (!SHORT_NAME.test(name)) throw new AppError('invalid', 'lab.name', `${name} is no name for a part of the lab`);
    return `${this.id}-${kind}-${name}`;
  }

  private nextDoor(): string {
    return join(this.folder, `door-${++this.doors}`);
  }

  private async serve(listen: RelayPlace | { host: string; port: number }, onward: () => Socket): Promise<Server> {
    const server = createServer((near) => {
      const far = onward();
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(listen, resolve);
    });
    // A lab that a test forgot to close must not keep the test's process alive.
    server.unref();
    this.servers.add(server);
    return server;
  }
}
