import ipaddr from 'ipaddr.js';
import { RuleProblem } from '../model/rule-problem.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** No address is longer, however it is written; what takes addresses apart is not made for long texts. */
const LONGEST_ADDRESS = 64;

type Network = readonly [address: Address, prefix: number];

/** Networks of IPv4 and IPv6. An IPv4 address in IPv6 clothes (::ffff:a.b.c.d) is IPv4 on both sides. */
export class AddressSet {
  readonly #networks: readonly Network[];
  #lastText = '';
  #lastAnswer = false;

  constructor(texts: readonly string[]) {
    this.#networks = texts.map(parseNetwork);
  }

  has(text: string): boolean {
    if (text.length > LONGEST_ADDRESS) return false;
    // The same client is asked about again and again, and taking an address apart costs microseconds.
    if (text !== this.#lastText) {
      this.#lastAnswer = this.#holds(text);
      this.#lastText = text;
    }
    return this.#lastAnswer;
  }

  #holds(text: string): boolean {
    const address = parseAddress(text);
    if (address === null) return false;
    const plain = isMapped(address) ? address.toIPv4Address() : address;
    return this.#networks.some(([network, prefix]) => network.kind() === plain.kind() && plain.match(network, prefix));
  }
}

function parseNetwork(text: string): Network {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) throw new RuleProblem(`${text} is not an address or network`);
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefix = slash < 0 ? bits : Number(text.slice(slash + 1));
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) throw new RuleProblem(`${text} has no valid prefix length`);
  return isMapped(address) && prefix >= 96 ? [address.toIPv4Address(), prefix - 96] : [address, prefix];
}

/** The last 32 bits written with dots are put in hexadecimal first: ipaddr.js takes them for an IPv4-mapped address always. */
function parseAddress(text: string): Address | null {
  const plain = text.replace(/(?<=:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_dotted, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  return ipaddr.isValid(plain) ? ipaddr.parse(plain) : null;
}

function isMapped(address: Address): address is ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
}
