import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type ApplianceNetwork, type AppliancePolicy } from '@phalanx/contracts';
import { type Logger, messageOf, withDeadline } from '@phalanx/kit';
import { type AddressRange, parseRange } from '../../platform/address-range.js';

const LOOKUP_MS = 2_000;

export interface UntouchableSources {
  /** What runs of the facets `network` and `policy`; null where nothing does. */
  readonly network: ApplianceNetwork | null;
  readonly policy: AppliancePolicy | null;
  /** Addresses (mqtts, https) of the controller. */
  readonly controllerUrls: readonly string[];
}

/** Whom a box must never refuse by its own judgement: itself, its controller, its peer, its operators, its origins, and proxies that speak for many. */
export async function untouchableRanges({ network, policy, controllerUrls }: UntouchableSources, logger: Logger): Promise<AddressRange[]> {
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
  const applications = policy?.applications ?? [];
  const hosts = [
    ...controllerUrls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, '')),
    ...applications.flatMap(({ upstream }) => upstream.targets.map(({ host }) => host.replace(/^\[|\]$/g, ''))),
  ];
  const resolved = await Promise.all([...new Set(hosts)].map((host) => addressesOf(host, logger)));
  const texts = [
    '127.0.0.0/8',
    '::1',
    ...own.map((address) => address.replace(/%.*$/, '')),
    ...resolved.flat(),
    ...(network?.peer?.addresses ?? []),
    ...(network?.policy.management.networks ?? []),
    ...(network?.policy.protections.exempt ?? []),
    ...applications.flatMap(({ settings }) => settings.clientAddress.trustedNetworks),
  ];
  return texts.map(parseRange);
}

/** A name that can't be resolved spares nobody: whoever it stands for has no connection either. */
async function addressesOf(host: string, logger: Logger): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    const found = await withDeadline(LOOKUP_MS, `resolving ${host}`, () => lookup(host, { all: true }));
    return found.map(({ address }) => address);
  } catch (error) {
    logger.debug('a name could not be resolved', { host, error: messageOf(error) });
    return [];
  }
}
