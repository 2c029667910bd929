import { randomBytes } from 'node:crypto';
import { LabLink } from './lab-link.js';
import { LabNamespace } from './lab-namespace.js';
import type { LabSegment } from './lab-segment.js';
import { outputOf } from './run-program.js';

export interface JoinOptions {
  /** With prefix length: `10.1.0.2/24`, `fd00:1::2/64`. */
  readonly addresses?: readonly string[];
  /** A new, locally administered one unless given. */
  readonly mac?: string;
  /** `eth0`, `eth1`, … unless given. */
  readonly name?: string;
}

/**
 * What a fresh host is set to. IPv6 addresses work at once (no duplicate detection); a packet that leaves by another way than its answer
 * would take isn't dropped unless a test asks for it.
 */
const FRESH = [
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv6.conf.default.dad_transmits=0',
  'net.ipv6.conf.all.accept_ra=0',
  'net.ipv6.conf.default.accept_ra=0',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
];

/** A host of the lab, which can be plugged into segments. */
export class LabHost extends LabNamespace {
  readonly links: LabLink[] = [];

  static async create(name: string, namespace: string, folder: string): Promise<LabHost> {
    await outputOf('ip', ['netns', 'add', namespace]);
    const host = new LabHost(name, namespace, folder);
    await host.sysctl(...FRESH);
    await host.ip('link', 'set', 'lo', 'up');
    return host;
  }

  /** Plugs the host into a segment. The interface is up when this resolves. */
  async join(segment: LabSegment, options: JoinOptions = {}): Promise<LabLink> {
    const name = options.name ?? `eth${this.links.length}`;
    const mac = options.mac ?? `02:${[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
    const port = segment.nextPort();
    const link = new LabLink(this, segment, name, port, mac);
    await outputOf('ip', [
      '-n',
      segment.namespace,
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'name',
      name,
      'address',
      mac,
      'netns',
      this.namespace,
    ]);
    await segment.connect(link);
    const addresses = (options.addresses ?? []).map(
      (address) => `addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}\n`,
    );
    await outputOf('ip', ['-n', this.namespace, '-batch', '-'], { input: `link set ${name} up\n${addresses.join('')}` });
    this.links.push(link);
    return link;
  }

  /** Adds a route: to a network or `default`, by a neighbour's address or an interface. */
  async route(target: string, way: { readonly via?: string; readonly device?: string }): Promise<void> {
    const isIpv6 = (way.via ?? target).includes(':');
    const by = [...(way.via ? ['via', way.via] : []), ...(way.device ? ['dev', way.device] : [])];
    await this.ip(...(isIpv6 ? ['-6'] : []), 'route', 'replace', target, ...by);
  }

  /** Makes the host pass packets on between its segments. */
  async forward(): Promise<void> {
    await this.sysctl('net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  }
}
