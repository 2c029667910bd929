/** The table of blocks, apart from that of the packet engine: blocks work with and without a network policy, and a change of one never touches the other. */
export const BLOCKS_TABLE = 'inet phalanx_blocks';

/** Sets that the facet's content fills. */
export const LIST_SETS = ['blocked-4', 'blocked-6', 'networks-4', 'networks-6', 'released-4', 'released-6'] as const;
export type ListSet = (typeof LIST_SETS)[number];
/** Sets that the agent fills with sources that the engine refused too often; IPv6 sources by their /64. */
export const ENGINE_SETS = ['engine-4', 'engine-6'] as const;
export type EngineSet = (typeof ENGINE_SETS)[number];

/** Before everything else that looks at packets, fragments and connections. */
const PRIORITY = -500;

interface SetShape {
  readonly type: 'ipv4_addr' | 'ipv6_addr';
  readonly flags: readonly string[];
  readonly isCounted: boolean;
}

const typeOf = (set: ListSet | EngineSet) => (set.endsWith('4') ? 'ipv4_addr' : 'ipv6_addr');
const shapeOf = (set: ListSet | EngineSet): SetShape => ({
  type: typeOf(set),
  // Single addresses stand in a hash table: what isn't a network needs no intervals.
  flags: /^(networks|released)/.test(set) ? ['interval', 'timeout'] : ['timeout'],
  isCounted: set.startsWith('engine'),
});
const SHAPES = new Map([...LIST_SETS, ...ENGINE_SETS].map((set) => [set, shapeOf(set)] as const));

type Expression = readonly Readonly<Record<string, unknown>>[];
interface Rule {
  readonly text: string;
  /** The same as nft lists it. @see libnftables-json(5) */
  readonly json: Expression;
}

const from = (version: 4 | 6, set: string, effect: 'accept' | 'blocked' | 'engine'): Rule => {
  const protocol = version === 4 ? 'ip' : 'ip6';
  const payload = { payload: { protocol, field: 'saddr' } };
  const isMasked = version === 6 && effect === 'engine';
  return {
    text: `${protocol} saddr ${isMasked ? '& ffff:ffff:ffff:ffff:: ' : ''}@${set} ${effect === 'accept' ? 'accept' : `counter name "${effect}" drop`}`,
    json: [
      { match: { op: '==', left: isMasked ? { '&': [payload, 'ffff:ffff:ffff:ffff::'] } : payload, right: `@${set}` } },
      ...(effect === 'accept' ? [{ accept: null }] : [{ counter: effect }, { drop: null }]),
    ],
  };
};

/** What the operator blocks is refused; what was released is refused by no judgement of the box; then what the engine had blocked. */
const RULES: readonly Rule[] = [
  { text: 'iifname "lo" accept', json: [{ match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'lo' } }, { accept: null }] },
  from(4, 'blocked-4', 'blocked'),
  from(6, 'blocked-6', 'blocked'),
  from(4, 'networks-4', 'blocked'),
  from(6, 'networks-6', 'blocked'),
  from(4, 'released-4', 'accept'),
  from(6, 'released-6', 'accept'),
  from(4, 'engine-4', 'engine'),
  from(6, 'engine-6', 'engine'),
];

/** Declares the table with its sets; fails where one of them stands there in another form. Elements and counters that are there stay. */
export function declareTable(): string {
  const sets = [...SHAPES].map(
    ([set, { type, flags, isCounted }]) => `  set ${set} { type ${type}; flags ${flags.join(', ')};${isCounted ? ' counter;' : ''} }`,
  );
  return [
    `table ${BLOCKS_TABLE} {`,
    '  counter blocked { }',
    '  counter engine { }',
    ...sets,
    `  chain refuse { type filter hook prerouting priority ${PRIORITY}; policy accept; }`,
    '}',
    `flush chain ${BLOCKS_TABLE} refuse`,
    ...RULES.map(({ text }) => `add rule ${BLOCKS_TABLE} refuse ${text}`),
    '',
  ].join('\n');
}

/** Removes the table, whether it is there or not. */
export function removeTable(): string {
  return `table ${BLOCKS_TABLE}\ndelete table ${BLOCKS_TABLE}\n`;
}

/** The table without its elements, one line each, as `structureLine` makes them of a listing. */
export const STRUCTURE: readonly string[] = [
  'counter blocked',
  'counter engine',
  ...[...SHAPES].map(([set, { type, flags }]) => `set ${set} ${type} ${flags.join(',')}`),
  `chain refuse prerouting ${PRIORITY} accept`,
  ...RULES.map(({ json }) => `rule refuse ${JSON.stringify(json)}`),
];

interface Listed {
  readonly name?: string;
  readonly type?: string;
  readonly flags?: readonly string[];
  readonly hook?: string;
  readonly prio?: number;
  readonly policy?: string;
  readonly chain?: string;
  readonly expr?: unknown;
}

/** One object of `nft -j list table` as a line; null for what says nothing of the structure. */
export function structureLine(kind: string, listed: Listed): string | null {
  switch (kind) {
    case 'metainfo':
    case 'table':
      return null;
    case 'set':
      return `set ${listed.name} ${listed.type} ${(listed.flags ?? []).join(',')}`;
    case 'chain':
      return `chain ${listed.name} ${listed.hook} ${listed.prio} ${listed.policy}`;
    case 'rule':
      return `rule ${listed.chain} ${JSON.stringify(listed.expr)}`;
    default:
      return `${kind} ${listed.name}`;
  }
}
