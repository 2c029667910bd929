import { isIPv4, isIPv6 } from 'node:net';

/** Addresses of one family from first to last, both included. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** The range that an address, a network or `first-last` means; null for text that is none, or mixes families. A range may run backwards. */
export function parseAddressRange(text: string): AddressRange | null {
  const dash = text.indexOf('-');
  if (dash >= 0) {
    const [first, last] = [parseAddress(text.slice(0, dash)), parseAddress(text.slice(dash + 1))];
    return first && last && first.family === last.family ? { family: first.family, first: first.value, last: last.value } : null;
  }
  const [address = '', prefix] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed) return null;
  const { family, value } = parsed;
  const free = BigInt(BITS[family] - (prefix === undefined ? BITS[family] : Number(prefix)));
  const first = (value >> free) << free;
  return { family, first, last: first + (1n << free) - 1n };
}

export function parseAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | null {
  if (isIPv4(text)) return { family: 4, value: BigInt(text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)) };
  if (!isIPv6(text) || text.includes('%')) return null;
  const quad = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = (high: number, low: number) => (high * 256 + low).toString(16);
  const [a = 0, b = 0, c = 0, d = 0] = quad ? quad.slice(1).map(Number) : [];
  const plain = quad ? `${text.slice(0, quad.index)}${hex(a, b)}:${hex(c, d)}` : text;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [front, back] = [groups(head), tail === undefined ? [] : groups(tail)];
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return { family: 6, value: BigInt(`0x${[...front, ...zeros, ...back].map((group) => group.padStart(4, '0')).join('')}`) };
}

/** Ranges in order without overlap, IPv4 before IPv6; those that run backwards are left out. */
export function mergeRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = ranges.filter(({ first, last }) => first <= last).toSorted(compareRanges);
  const merged: { family: 4 | 6; first: bigint; last: bigint }[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before?.family === range.family && range.first <= before.last + 1n) {
      if (range.last > before.last) before.last = range.last;
    } else merged.push({ ...range });
  }
  return merged;
}

function compareRanges(a: AddressRange, b: AddressRange): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}

/** Whether merged ranges hold all of another. */
export function holdsRange(merged: readonly AddressRange[], { family, first, last }: AddressRange): boolean {
  return merged.some((range) => range.family === family && range.first <= first && last <= range.last);
}

export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}
