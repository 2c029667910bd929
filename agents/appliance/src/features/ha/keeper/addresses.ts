import { isIPv6 } from 'node:net';
import type { ApplianceHa } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { RunTool } from '../../../platform/system-tools.js';
import { addressOf } from '../keepalived-config.js';

interface ListedLink {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen: number }[];
}

/** What the kernel has at one moment. */
export interface KernelAddresses {
  /** Virtual addresses on this box, as the settings write them. */
  readonly held: readonly string[];
  /** The same with the interface and the prefix length that each really has. */
  readonly places: readonly { readonly address: string; readonly interface: string }[];
  /** Interfaces of the pair that have no link. */
  readonly down: readonly string[];
  /** Whether the member's own address for VRRP is there. */
  readonly hasOwnAddress: boolean;
}

/** Addresses compare by value: an IPv6 address has several spellings. */
function sameAddress(a: string, b: string): boolean {
  return a === b || (isIPv6(a) && isIPv6(b) && new URL(`http://[${a}]`).host === new URL(`http://[${b}]`).host);
}

/** The pair's addresses and links by `ip`, in the box's namespace. */
export async function readAddresses(ha: Pick<ApplianceHa, 'settings' | 'interface' | 'address'>, run: RunTool): Promise<KernelAddresses> {
  const links = JSON.parse(await run('ip', ['-j', 'address', 'show'])) as ListedLink[];
  const { virtualAddresses } = ha.settings;
  const places = virtualAddresses.flatMap((virtual) =>
    links.flatMap((link) =>
      link.addr_info
        .filter(({ local }) => local !== undefined && sameAddress(local, addressOf(virtual.address)))
        .map(({ local, prefixlen }) => ({ address: `${local}/${prefixlen}`, interface: link.ifname, wanted: virtual.address })),
    ),
  );
  const names = new Set([ha.interface, ...virtualAddresses.map((virtual) => virtual.interface)]);
  return {
    held: [...new Set(places.map((place) => place.wanted))],
    places,
    down: [...names].filter((name) => !links.some((link) => link.ifname === name && link.flags.includes('LOWER_UP'))),
    hasOwnAddress: links.some(
      (link) => link.ifname === ha.interface && link.addr_info.some(({ local }) => local !== undefined && sameAddress(local, ha.address)),
    ),
  };
}

/** Takes the virtual addresses off the box, wherever they are. Answers those that were there. */
export async function removeAddresses(ha: ApplianceHa, run: RunTool): Promise<readonly string[]> {
  const { held, places } = await readAddresses(ha, run);
  if (places.length > 0)
    await batch(
      places.map((place) => `address del ${place.address} dev ${place.interface}`),
      run,
    );
  return held;
}

/**
 * Keeps the virtual addresses on the box (on `lo`) while VRRP gives them away: packets that still come here, until neighbours have heard of the
 * new master, are still answered.
 */
export async function holdAddresses({ settings }: ApplianceHa, run: RunTool): Promise<void> {
  await batch(
    settings.virtualAddresses.map((virtual) => `address replace ${hostOf(virtual.address)} dev lo`),
    run,
  );
}

/** Ends `holdAddresses`. */
export async function letAddressesGo({ settings }: ApplianceHa, run: RunTool): Promise<void> {
  await batch(
    settings.virtualAddresses.map((virtual) => `address del ${hostOf(virtual.address)} dev lo`),
    run,
  );
}

function hostOf(network: string): string {
  const address = addressOf(network);
  return isIPv6(address) ? `${address}/128` : `${address}/32`;
}

/** What is gone already is no error: the kernel and the daemon move addresses too. */
async function batch(lines: readonly string[], run: RunTool): Promise<void> {
  try {
    await run('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'tool.refused')) throw error;
  }
}
