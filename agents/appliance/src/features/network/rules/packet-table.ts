import type { ApplianceNetwork, NetworkThreat } from '@phalanx/contracts';
import type { Field, NftChain, NftRule, NftSet, NftTable, Term, Value } from '../../../platform/nft/ruleset.js';
import { drop, FAMILIES, type Family, goTo, is, jump, leave, mark, tally } from '../../../platform/nft/terms.js';
import { elementsOf } from '../address-ranges.js';
import { ThreatCodes } from '../threat-codes.js';

/** Distinct (source, destination, port) that are told apart at once; what finds no room is still counted. */
const NOTED_SIZE = 4_096;
/** Longer than the pause between two readings. */
const NOTED_SECONDS = 12;

/** What nft 1.0.6 can list: sets of at most five fields. */
const NOTED_KINDS = ['tcp', 'udp', 'portless'] as const;
type NotedKind = (typeof NOTED_KINDS)[number];
/** Where packets are noted by interface, source, destination and port (or protocol, where there is no port). */
const notedSet = (kind: NotedKind, v: 4 | 6): string => `noted-${kind}-${v}`;
export const NOTED_SETS = NOTED_KINDS.flatMap((kind) => ([4, 6] as const).map((v) => ({ kind, v, name: notedSet(kind, v) })));

/** Packets and bytes by what they were noted for, since the table was made. */
export const TOTALS = 'totals';
const TOTALS_SIZE = 65_535;

/** Blocks of the box's own, by reason and family. */
export const OWN_BLOCK_REASONS = ['scan', 'flood', 'payload'] as const;
export type OwnBlockReason = (typeof OWN_BLOCK_REASONS)[number];
export const ownBlockSet = (reason: OwnBlockReason, v: 4 | 6): string => `own-${reason}-${v}`;

/** Addresses that the operator had released: filled by whoever keeps the fleet's blocks. */
export const releasedSet = (v: 4 | 6): string => `released-${v}`;

/** The packet engine's table while its parts write into it. What a part needs of a stop, a set or a chain comes to be by asking for it. */
export class PacketTable {
  readonly codes: ThreatCodes;
  private readonly sets = new Map<string, NftSet>();
  private readonly chains = new Map<string, { readonly hook: NftChain['hook']; readonly rules: NftRule[] }>();

  constructor(readonly network: ApplianceNetwork) {
    this.codes = new ThreatCodes(network);
    this.live(TOTALS, ['mark'], TOTALS_SIZE, null);
    this.add('note', [[tally(TOTALS, ['meta mark'])]]);
    for (const { v, nfproto, type, saddr, daddr } of FAMILIES) {
      for (const kind of NOTED_KINDS)
        this.live(
          notedSet(kind, v),
          ['mark', 'ifname', type, type, kind === 'portless' ? 'inet_proto' : 'inet_service'],
          NOTED_SIZE,
          NOTED_SECONDS,
        );
      const key: Field[] = ['meta mark', 'iifname', saddr, daddr];
      this.add('note', [
        ...(['tcp', 'udp'] as const).map((kind): NftRule => [
          is('meta nfproto', nfproto),
          is('meta l4proto', kind),
          tally(notedSet(kind, v), [...key, 'th dport']),
          leave,
        ]),
        // Without a port, without a transport header, or without room above.
        [is('meta nfproto', nfproto), tally(notedSet('portless', v), [...key, 'meta l4proto']), leave],
      ]);
      for (const reason of OWN_BLOCK_REASONS) this.live(ownBlockSet(reason, v), [type], 65_535, null, ['dynamic', 'timeout'], true);
      this.live(releasedSet(v), [type], null, null, ['interval', 'timeout']);
    }
  }

  /** A chain that packets run through by themselves. */
  base(name: string, hook: NonNullable<NftChain['hook']>, rules: readonly NftRule[]): void {
    this.chains.set(name, { hook, rules: [...rules] });
  }

  /** Adds to a chain that is jumped to, or to one that is there. */
  add(name: string, rules: readonly NftRule[]): void {
    const chain = this.chains.get(name);
    if (chain) chain.rules.push(...rules);
    else this.chains.set(name, { hook: null, rules: [...rules] });
  }

  has(chain: string): boolean {
    return this.chains.has(chain);
  }

  /** Counts the packet, notes whose it is, and drops it. */
  stop(threat: NetworkThreat): Term {
    const name = `stop-${threat}`;
    if (!this.chains.has(name)) this.add(name, [this.noted(this.codes.ofThreat(threat)), [drop]]);
    return goTo(name);
  }

  /** A rule that counts the packet and notes whose it is. */
  noted(code: number): NftRule {
    return [mark(code), jump('note')];
  }

  /** A rule that only counts it. */
  counted(code: number): NftRule {
    return [mark(code), tally(TOTALS, ['meta mark'])];
  }

  /** A set that packets fill. */
  live(
    name: string,
    types: readonly string[],
    size: number | null,
    timeoutSeconds: number | null,
    flags: NftSet['flags'] = timeoutSeconds === null ? ['dynamic'] : ['dynamic', 'timeout'],
    hasCounters = false,
  ): string {
    this.sets.set(name, { name, key: { types }, flags, size, timeoutSeconds, elements: [], hasCounters, isLive: true });
    return name;
  }

  /** A set that packets fill, of fields whose types have no names. */
  liveOf(name: string, fields: readonly Field[], size: number, timeoutSeconds: number): string {
    this.sets.set(name, {
      name,
      key: { fields },
      flags: ['dynamic', 'timeout'],
      size,
      timeoutSeconds,
      elements: [],
      hasCounters: false,
      isLive: true,
    });
    return name;
  }

  /** A set that is as the policy says. */
  fixed(name: string, key: NftSet['key'], elements: readonly Value[]): string {
    this.sets.set(name, { name, key, flags: ['interval'], size: null, timeoutSeconds: null, elements, hasCounters: false, isLive: false });
    return name;
  }

  /** The addresses of one family as a set; null where there are none. */
  addresses(name: string, texts: readonly string[], { v, type }: Family): string | null {
    const elements = elementsOf(texts, v);
    return elements.length === 0 ? null : this.fixed(`${name}-${v}`, { types: [type] }, elements);
  }

  table(): NftTable {
    return {
      family: 'inet',
      name: 'phalanx',
      counters: [],
      sets: [...this.sets.values()],
      chains: [...this.chains].map(([name, { hook, rules }]) => ({ name, hook, rules })),
    };
  }
}

/** Whether packets, time or another part of the agent fill the set: its elements are nobody's drift. */
export function isLive(set: string): boolean {
  return /^(totals$|(noted|own|released|rate|total-syn|connections|touched|scanners|alive|fragments|fragment-sizes)-)/.test(set);
}
