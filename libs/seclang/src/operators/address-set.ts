import ipaddr from 'ipaddr.js';
import { RuleProblem } from '../model/rule-problem.js';

type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number];

/** Networks of IPv4 and IPv6. An IPv4 address in IPv6 clothes is judged as IPv4. */
export class AddressSet {
  readonly #networks: readonly Network[];

  constructor(texts: readonly string[]) {
    this.#networks = texts.map(parseNetwork);
  }

  has(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return this.#networks.some(([network, prefix]) => network.kind() === address.kind() && address.match(network, prefix));
  }
}

function parseNetwork(text: string): Network {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  if (!ipaddr.isValid(host)) throw new RuleProblem(`${text} is not an address or network`);
  const address = ipaddr.parse(host);
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefix = slash < 0 ? bits : Number(text.slice(slash + 1));
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) throw new RuleProblem(`${text} has no valid prefix length`);
  return [address, prefix];
}
