import type { RunTool } from '../../../platform/system-tools.js';

/** A link as the kernel has it. */
export interface LinkFact {
  readonly name: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly master: string | null;
  /** With their prefix length, as the kernel writes them. */
  readonly addresses: readonly string[];
}

/** Routes of this product bear this number, so that nobody else's are touched. @see /etc/iproute2/rt_protos */
export const ROUTE_PROTOCOL = '188';

interface IpAddress {
  readonly ifname: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly master?: string;
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen: number }[];
}

export async function readLinks(run: RunTool): Promise<ReadonlyMap<string, LinkFact>> {
  const links = JSON.parse(await run('ip', ['-j', 'address', 'show'])) as readonly IpAddress[];
  return new Map(
    links.map(({ ifname, mtu, flags, master = null, addr_info }) => [
      ifname,
      {
        name: ifname,
        mtu,
        isUp: flags.includes('UP'),
        master,
        addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      },
    ]),
  );
}

/** This product's routes, each as the words of an `ip route` command. */
export async function readRoutes(run: RunTool): Promise<string[]> {
  const routes: string[] = [];
  for (const family of ['-4', '-6']) {
    const found = JSON.parse((await run('ip', ['-j', family, 'route', 'show', 'proto', ROUTE_PROTOCOL])) || '[]') as readonly {
      readonly dst: string;
      readonly gateway?: string;
      readonly dev: string;
    }[];
    routes.push(...found.map(({ dst, gateway, dev }) => `${wholeNetwork(dst, family)} via ${gateway ?? ''} dev ${dev}`));
  }
  return routes.sort();
}

/** `ip` leaves out what it takes for granted. */
function wholeNetwork(destination: string, family: string): string {
  if (destination === 'default') return family === '-4' ? '0.0.0.0/0' : '::/0';
  return destination.includes('/') ? destination : `${destination}/${family === '-4' ? 32 : 128}`;
}
