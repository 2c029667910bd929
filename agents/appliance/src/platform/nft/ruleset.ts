/** What of a packet or of its surroundings a rule looks at, in the words of nft(8). */
export const FIELDS = [
  // Offset and number of an IPv6 fragment: nft 1.0.6 writes `frag frag-off` into sets in a form that it can't read back.
  '@nh,336,16',
  '@nh,352,32',
  'ct direction',
  'ct state',
  'ct status',
  'ether type',
  'exthdr frag',
  'fib daddr type',
  'fib saddr . iif oif',
  'fib saddr oif',
  'fib saddr type',
  'frag frag-off',
  'frag id',
  'frag more-fragments',
  'icmp type',
  'icmpv6 type',
  'iifname',
  'ip daddr',
  'ip frag-off',
  'ip id',
  'ip length',
  'ip option lsrr',
  'ip option ssrr',
  'ip protocol',
  'ip saddr',
  'ip6 daddr',
  'ip6 hoplimit',
  'ip6 length',
  'ip6 nexthdr',
  'ip6 saddr',
  'meta l4proto',
  'meta mark',
  'meta nfproto',
  'meta time',
  'oifname',
  'rt type',
  'sctp dport',
  'socket wildcard',
  'tcp doff',
  'tcp dport',
  'tcp flags',
  'tcp sport',
  'th dport',
  'th sport',
  'udp dport',
  'udp length',
] as const;
export type Field = (typeof FIELDS)[number];

/** A field, or those of its bits that count. */
export type Selector = Field | { readonly field: Field; readonly mask: string };

/** One word, number, range or name that a field is held against. */
export type Value = string | number;

export interface NftRate {
  readonly count: number;
  readonly per: 'second' | 'minute' | 'hour';
  readonly burst: number;
}

/** A part of a rule. Matches stand before statements; a rule goes on as long as each part holds. */
export type Term =
  | { readonly kind: 'compare'; readonly left: Selector; readonly operator: '==' | '!=' | '<' | '>'; readonly right: Value }
  | { readonly kind: 'one-of'; readonly left: readonly Selector[]; readonly values: readonly Value[]; readonly not: boolean }
  | { readonly kind: 'in-set'; readonly left: readonly Selector[]; readonly set: string; readonly not: boolean }
  /** Payload bytes, `offset` and `length` in bits: from the transport header (`th`) or behind it (`ih`). */
  | { readonly kind: 'bytes'; readonly base: 'th' | 'ih'; readonly offset: number; readonly bytes: string }
  | { readonly kind: 'above'; readonly rate: NftRate }
  | {
      readonly kind: 'put';
      /** `update` also renews the element's time. */
      readonly how: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly key: readonly Selector[];
      /** Holds only while the element's own rate or number of connections is exceeded; or counts. */
      readonly state: { readonly above: NftRate } | { readonly connectionsAbove: number } | 'counter' | null;
      readonly timeoutSeconds: number | null;
    }
  | { readonly kind: 'mark'; readonly value: number }
  | { readonly kind: 'synproxy'; readonly mss: number; readonly windowScale: number }
  | { readonly kind: 'dup'; readonly device: string }
  | { readonly kind: 'reject'; readonly with: 'tcp reset' | 'icmpx admin-prohibited' }
  | { readonly kind: 'verdict'; readonly verdict: 'accept' | 'drop' | 'return' | 'notrack' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

export type NftRule = readonly Term[];

export interface NftSet {
  readonly name: string;
  /** Data types, or fields whose types they are. */
  readonly key: { readonly types: readonly string[] } | { readonly fields: readonly Field[] };
  readonly flags: readonly ('interval' | 'timeout' | 'dynamic')[];
  readonly size: number | null;
  readonly timeoutSeconds: number | null;
  readonly elements: readonly Value[];
  /** Each element counts the packets that were found in it. */
  readonly hasCounters: boolean;
  /** Its elements come from packets or from another part of the agent: they outlive changes of the rules and are nobody's drift. */
  readonly isLive: boolean;
}

export interface NftChain {
  readonly name: string;
  /** Null: reached by jumps only. Base chains accept what no rule decides. */
  readonly hook: {
    readonly type: 'filter' | 'nat' | 'route';
    readonly at: 'ingress' | 'egress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
    readonly priority: number;
    readonly device?: string;
  } | null;
  readonly rules: readonly NftRule[];
}

export type NftFamily = 'inet' | 'netdev';

/** One table, whole. Sets with the same name have the same definition for ever: what may vary is part of the name. */
export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly counters: readonly string[];
  readonly sets: readonly NftSet[];
  readonly chains: readonly NftChain[];
}
