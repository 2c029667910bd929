import { isIP } from 'node:net';
import { type AddressBlock, type AppliancePatterns, appliancePatternsSchema } from '@phalanx/contracts';
import { AppError, sha256Hex } from '@phalanx/kit';
import { type AddressRange, type IpVersion, parseRange, rangeText } from '../../platform/address-range.js';
import { LIST_SETS, type ListSet } from './blocks-table.js';

/** Elements of one set: until when each is to be there (epoch, milliseconds); null: for ever. */
export type Elements = ReadonlyMap<string, number | null>;
export type WantedSets = Readonly<Record<ListSet, Elements>>;

/** Reads the facet's content. Throws `invalid` when it is malformed, `forbidden` when it is another box's. */
export function readPatterns(content: Buffer, box: { readonly applianceId: string; readonly tenantId: string }): AppliancePatterns {
  const parsed = appliancePatternsSchema.safeParse(json(content));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('invalid', 'blocks.malformed', `the block list is malformed at ${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (parsed.data.applianceId !== box.applianceId || parsed.data.tenantId !== box.tenantId)
    throw new AppError('invalid', 'blocks.other-box', 'the block list is that of another box');
  return parsed.data;
}

function json(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw new AppError('invalid', 'blocks.malformed', 'the block list is no JSON', { cause });
  }
}

/** The elements of each set: single addresses as they are, networks as ranges that don't overlap. */
export function wantedSets({ blocks, released }: Pick<AppliancePatterns, 'blocks' | 'released'>): WantedSets {
  const sets = Object.fromEntries(LIST_SETS.map((set) => [set, new Map<string, number | null>()])) as Record<
    ListSet,
    Map<string, number | null>
  >;
  const networks: Record<IpVersion, Timed[]> = { 4: [], 6: [] };
  for (const { address, expiresAt } of blocks) {
    const until = expiresAt === null ? null : Date.parse(expiresAt);
    // Nearly all of a long list: worth a way without arithmetic.
    if (isIP(address) === 4) keepLongest(sets['blocked-4'], address, until);
    else {
      const range = parseRange(address);
      if (range.first === range.last) keepLongest(sets[`blocked-${range.version}`], rangeText(range), until);
      else networks[range.version].push({ ...range, until });
    }
  }
  for (const version of [4, 6] as const) {
    for (const { until, ...range } of apart(networks[version])) sets[`networks-${version}`].set(rangeText(range), until);
    const lifted = released.map(timed).filter((range) => range.version === version);
    for (const { until, ...range } of apart(lifted)) sets[`released-${version}`].set(rangeText(range), until);
  }
  return sets;
}

/** Tells apart what the sets shall hold, not when it ends: an element that runs out changes nothing. */
export function digestOf(wanted: WantedSets, structure: readonly string[]): string {
  const lines = LIST_SETS.flatMap((set) => [...wanted[set]].map(([key, until]) => elementLine(set, key, until !== null)).sort());
  return sha256Hex([...structure, ...lines].join('\n'));
}

export function elementLine(set: ListSet, key: string, isTimed: boolean): string {
  return `${set} ${key}${isTimed ? ' for a time' : ''}`;
}

interface Timed extends AddressRange {
  readonly until: number | null;
}

const timed = ({ address, expiresAt }: AddressBlock): Timed => ({
  ...parseRange(address),
  until: expiresAt === null ? null : Date.parse(expiresAt),
});

function keepLongest(elements: Map<string, number | null>, key: string, until: number | null): void {
  const known = elements.get(key);
  if (known === undefined || (known !== null && (until === null || until > known))) elements.set(key, until);
}

/** The same addresses as ranges that don't overlap, each until the last moment that one of the given says. Networks nest or are apart. */
function apart(ranges: readonly Timed[]): Timed[] {
  const sorted = [...ranges].sort((a, b) => (a.first !== b.first ? (a.first < b.first ? -1 : 1) : a.last > b.last ? -1 : 1));
  const result: Timed[] = [];
  /** Networks around the present place, outermost first, each with how long what it covers lasts. */
  const open: Timed[] = [];
  let place = 0n;
  const coverTo = (end: bigint) => {
    const top = open.at(-1)!;
    if (place <= end) {
      const before = result.at(-1);
      // Parts of one network around a nested one that lasts no longer grow together again.
      if (before && before.last + 1n === place && before.until === top.until) result[result.length - 1] = { ...before, last: end };
      else result.push({ version: top.version, first: place, last: end, until: top.until });
    }
    place = end + 1n;
  };
  const closeBefore = (first: bigint | null) => {
    while (open.length > 0 && (first === null || open.at(-1)!.last < first)) {
      coverTo(open.at(-1)!.last);
      open.pop();
    }
  };
  for (const range of sorted) {
    closeBefore(range.first);
    const around = open.at(-1);
    if (around && range.first > place) coverTo(range.first - 1n);
    place = range.first;
    const lasts = around && longer(around.until, range.until) ? around.until : range.until;
    open.push({ ...range, until: lasts });
  }
  closeBefore(null);
  return result;
}

function longer(one: number | null, other: number | null): boolean {
  return one === null || (other !== null && one >= other);
}
