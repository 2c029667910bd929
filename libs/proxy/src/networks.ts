import { BlockList, isIP } from 'node:net';
import { AppError } from '@phalanx/kit';
import ipaddr from 'ipaddr.js';

/** One spelling per address: IPv4 mapped into IPv6 becomes IPv4, zones are cut off, IPv6 is lower-case and shortest. '' for anything else. */
export function normalAddress(text: string): string {
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  if (isIP(bare) === 0) return '';
  return isIP(bare) === 4 ? bare : ipaddr.process(bare).toString();
}

/** What a source is counted by: the IPv4 address, or the /64 of an IPv6 one. `address` must be normal. */
export function sourceOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const parts = ipaddr.IPv6.parse(address).parts.slice(0, 4);
  return `${parts.map((part) => part.toString(16)).join(':')}::/64`;
}

/** A set of CIDR blocks of both families. Throws `proxy.network` for a text that is no block. */
export class NetworkSet {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const block = ipaddr.isValidCIDR(text) ? text : ipaddr.isValid(text) ? `${text}/${isIP(text) === 4 ? 32 : 128}` : null;
      if (block === null)
        throw new AppError('invalid', 'proxy.network', `"${text}" is not a network in CIDR notation`, { details: { network: text } });
      const [address, prefix] = ipaddr.parseCIDR(block);
      this.#list.addSubnet(address.toString(), prefix, address.kind());
    }
  }

  /** `address` must be normal. */
  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}
