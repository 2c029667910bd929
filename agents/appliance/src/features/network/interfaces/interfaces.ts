import type { Interface, MemberNetwork, Route } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { RunTool } from '../../../platform/system-tools.js';
import { canonicalAddress } from '../../../platform/address-range.js';
import { type LinkFact, readLinks, readRoutes, ROUTE_PROTOCOL } from './ip-facts.js';
import { linkCommand, requireKind } from './link-kinds.js';
import type { MadeLinks, MadeLinksFile } from './made-links.js';

type Links = ReadonlyMap<string, LinkFact>;

const NOTHING: MemberNetwork = { interfaces: [], routes: [] };

/**
 * Interfaces, addresses, MTUs and routes as desired state (F46). Takes away only what this product made itself: virtual addresses of a pair and what
 * the distribution set up stay.
 */
export class Interfaces {
  constructor(
    private readonly run: RunTool,
    private readonly made: MadeLinksFile,
  ) {}

  /** Throws `invalid` where an interface (or one of the others that are named) is missing or the kernel can't have it. */
  async check({ interfaces, routes }: MemberNetwork, others: readonly string[]): Promise<void> {
    const links = await readLinks(this.run);
    const coming = new Set(interfaces.filter(({ kind }) => kind !== 'physical').map(({ name }) => name));
    const requireLink = (name: string) => {
      if (!links.has(name) && !coming.has(name))
        throw new AppError('invalid', 'network.interface', `there is no interface ${name} on this box`);
    };
    for (const wanted of interfaces) {
      await requireKind(wanted, this.run);
      if (wanted.kind === 'physical') requireLink(wanted.name);
      if (wanted.kind === 'vlan') requireLink(wanted.parent);
      if (wanted.kind === 'bond') wanted.members.forEach(requireLink);
    }
    others.forEach(requireLink);
    for (const route of routes) if (route.interface !== null) requireLink(route.interface);
  }

  async apply(network: MemberNetwork | null): Promise<void> {
    const { interfaces, routes } = network ?? NOTHING;
    const before = this.made.read();
    const made: MadeLinks = { links: [...before.links], addresses: [...before.addresses], mtus: [...before.mtus] };
    if (interfaces.length > 0) {
      const links = await readLinks(this.run);
      for (const wanted of interfaces) await this.makeLink(wanted, links, made);
      for (const wanted of interfaces) await this.addAddresses(wanted, links, made);
    }
    await this.replaceRoutes(routes);
    await this.takeAway(interfaces, made);
  }

  /** What there is of that which is wanted, as sorted lines. */
  async observe({ interfaces }: MemberNetwork): Promise<string[]> {
    const links = await readLinks(this.run);
    const lines = interfaces.flatMap((wanted) => {
      const link = links.get(wanted.name);
      if (!link) return [];
      const own = new Set(wanted.addresses?.map(canonicalAddress));
      return [
        `interface ${wanted.name} ${wanted.kind}${link.isUp ? '' : ' down'}${wanted.mtu === null ? '' : ` mtu ${link.mtu}`}`,
        ...link.addresses
          .map(canonicalAddress)
          .filter((address) => own.has(address))
          .map((address) => `interface ${wanted.name} address ${address}`),
      ];
    });
    return [...lines.sort(), ...(await readRoutes(this.run)).map((route) => `route ${route}`)];
  }

  private async makeLink(wanted: Interface, links: Links, made: MadeLinks): Promise<void> {
    const command = linkCommand(wanted);
    const link = links.get(wanted.name);
    if (command && !link) {
      made.links.push(wanted.name);
      this.made.write(made);
      await this.run('ip', command);
    }
    if (wanted.kind === 'bond')
      for (const member of wanted.members) {
        if (links.get(member)?.master === wanted.name) continue;
        // A bond takes interfaces that are down only.
        await this.run('ip', ['link', 'set', member, 'down']);
        await this.run('ip', ['link', 'set', member, 'master', wanted.name]);
        await this.run('ip', ['link', 'set', member, 'up']);
      }
    if (wanted.mtu !== null && link?.mtu !== wanted.mtu) {
      if (link && !made.mtus.some(({ interface: name }) => name === wanted.name))
        made.mtus.push({ interface: wanted.name, before: link.mtu });
      this.made.write(made);
      await this.run('ip', ['link', 'set', wanted.name, 'mtu', String(wanted.mtu)]);
    }
    if (!link?.isUp) await this.run('ip', ['link', 'set', wanted.name, 'up']);
  }

  private async addAddresses({ name, addresses }: Interface, links: Links, made: MadeLinks): Promise<void> {
    const present = new Set(links.get(name)?.addresses.map(canonicalAddress));
    for (const address of (addresses ?? []).map(canonicalAddress)) {
      if (present.has(address)) continue;
      if (!isMade(made, name, address)) made.addresses.push({ interface: name, address });
      this.made.write(made);
      // Its owner is known: waiting for duplicates would only leave it without effect for a second.
      await this.run('ip', ['address', 'add', address, 'dev', name, ...(address.includes(':') ? ['nodad'] : [])]);
    }
  }

  /** The new routes first, so that what stays is never away. */
  private async replaceRoutes(routes: readonly Route[]): Promise<void> {
    for (const { to, via, interface: device } of routes)
      await this.run('ip', [
        ...family(to),
        'route',
        'replace',
        to,
        'via',
        via,
        ...(device === null ? [] : ['dev', device]),
        'proto',
        ROUTE_PROTOCOL,
      ]);
    const wanted = new Set(routes.map(({ to, via }) => `${canonicalAddress(to)} ${canonicalAddress(via)}`));
    for (const route of await readRoutes(this.run)) {
      const [to = '', , via = '', , device = ''] = route.split(' ');
      if (!wanted.has(`${canonicalAddress(to)} ${via === '' ? '' : canonicalAddress(via)}`))
        await this.run('ip', [
          ...family(to),
          'route',
          'del',
          to,
          ...(via === '' ? [] : ['via', via]),
          'dev',
          device,
          'proto',
          ROUTE_PROTOCOL,
        ]);
    }
  }

  private async removeAddress(name: string, address: string): Promise<void> {
    // With the first address of a network the kernel would take the others of that network, a pair's virtual ones among them.
    if (!address.includes(':')) await this.run('sysctl', ['-qw', `net.ipv4.conf.${name.replaceAll('.', '/')}.promote_secondaries=1`]);
    await this.run('ip', ['address', 'del', address, 'dev', name]);
  }

  private async takeAway(interfaces: readonly Interface[], made: MadeLinks): Promise<void> {
    if (made.links.length + made.addresses.length + made.mtus.length === 0) return;
    const links = await readLinks(this.run);
    const wanted = new Map(interfaces.map((one) => [one.name, one]));
    const addresses = made.addresses.filter(({ interface: name, address }) =>
      wanted.get(name)?.addresses?.map(canonicalAddress).includes(address),
    );
    for (const one of made.addresses)
      if (!addresses.includes(one) && has(links, one.interface, one.address)) await this.removeAddress(one.interface, one.address);
    const mtus = made.mtus.filter(({ interface: name }) => (wanted.get(name)?.mtu ?? null) !== null);
    for (const { interface: name, before } of made.mtus)
      if (!mtus.some((kept) => kept.interface === name) && links.has(name))
        await this.run('ip', ['link', 'set', name, 'mtu', String(before)]);
    const kept = made.links.filter((name) => wanted.has(name));
    for (const name of made.links) if (!kept.includes(name) && links.has(name)) await this.run('ip', ['link', 'del', name]);
    this.made.write({ links: kept, addresses, mtus });
  }
}

function isMade({ addresses }: MadeLinks, name: string, address: string): boolean {
  return addresses.some((one) => one.interface === name && one.address === address);
}

function has(links: Links, name: string, address: string): boolean {
  return links.get(name)?.addresses.map(canonicalAddress).includes(address) ?? false;
}

function family(network: string): string[] {
  return [network.includes(':') ? '-6' : '-4'];
}
