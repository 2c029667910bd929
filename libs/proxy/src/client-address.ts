import type { ClientAddressPolicy } from './config.js';
import type { Endpoint, HeaderPair } from './gate.js';
import { NetworkSet, normalAddress } from './networks.js';

/** A client-address policy, ready for use. */
export class ClientAddressResolver {
  readonly #policy: ClientAddressPolicy;
  readonly #trusted: NetworkSet;
  readonly #header: string;

  constructor(policy: ClientAddressPolicy = { kind: 'socket' }) {
    this.#policy = policy;
    this.#trusted = new NetworkSet(policy.kind === 'socket' ? [] : policy.networks);
    this.#header = policy.kind === 'forwarded-header' ? policy.header.toLowerCase() : '';
  }

  /** Some peers must open with a PROXY protocol header. */
  get hasProxyHeaders(): boolean {
    return this.#policy.kind === 'proxy-protocol';
  }

  /** Whether the peer must open with a PROXY protocol header. Others' first bytes are taken for their request. */
  expectsProxyHeader(peer: Endpoint): boolean {
    return this.#policy.kind === 'proxy-protocol' && this.#trusted.has(peer.address);
  }

  /** Whether forwarding headers of this peer are believed. */
  trustsHeadersOf(peer: Endpoint): boolean {
    return this.#policy.kind === 'forwarded-header' && this.#trusted.has(peer.address);
  }

  /**
   * The source by header: from the right, over trusted hops, the first address that isn't one of them. What can't be read ends the walk at
   * the last address that could. The peer itself when the header is missing.
   */
  fromHeaders(peer: Endpoint, headers: readonly HeaderPair[]): Endpoint {
    let client = peer;
    const hops = this.#hops(headers);
    for (let i = hops.length - 1; i >= 0; i -= 1) {
      const hop = readHop(hops[i] ?? '');
      if (hop === null) break;
      client = hop;
      if (!this.#trusted.has(hop.address)) break;
    }
    return client;
  }

  #hops(headers: readonly HeaderPair[]): string[] {
    const values: string[] = [];
    for (const [name, value] of headers) {
      if (name.length === this.#header.length && name.toLowerCase() === this.#header) values.push(value);
    }
    if (values.length === 0) return [];
    return values
      .join(',')
      .split(',')
      .map(this.#header === 'forwarded' ? forwardedFor : (hop) => hop.trim());
  }
}

/** RFC 7239 4: the `for` parameter of one element; '' where there is none. */
function forwardedFor(element: string): string {
  for (const pair of element.split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name?.toLowerCase() === 'for' && value !== undefined) return value.replace(/^"(.*)"$/, '$1');
  }
  return '';
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`. */
function readHop(text: string): Endpoint | null {
  const match = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text);
  const address = normalAddress(match?.[1] ?? match?.[2] ?? text);
  return address === '' ? null : { address, port: Number(match?.[3] ?? 0) };
}
