import { isIP } from 'node:net';
import { AppError } from '@phalanx/kit';

/** First and last address, as numbers. */
export interface AddressRange {
  readonly v: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32n, 6: 128n } as const;

/** From an address, a network or `first-last`. Throws `invalid` with code `network.address`. */
export function rangeOf(text: string): AddressRange {
  const [from = '', to] = text.split('-');
  if (to !== undefined) {
    const first = numberOf(from);
    const last = numberOf(to);
    if (first.v !== last.v || first.value > last.value) throw malformed(text);
    return { v: first.v, first: first.value, last: last.value };
  }
  const [address = '', prefix] = text.split('/');
  const { v, value } = numberOf(address);
  const length = prefix === undefined ? Number(BITS[v]) : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > BITS[v]) throw malformed(text);
  const size = 1n << (BITS[v] - BigInt(length));
  const first = value - (value % size);
  return { v, first, last: first + size - 1n };
}

/** The same addresses of one family as the fewest ranges, ascending: nft refuses those that overlap. */
export function mergedRanges(texts: readonly string[], v: 4 | 6): AddressRange[] {
  const sorted = texts
    .map(rangeOf)
    .filter((range) => range.v === v)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + 1n)
      merged[merged.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
    else merged.push(range);
  }
  return merged;
}

/** As nft reads them. */
export function elementsOf(texts: readonly string[], v: 4 | 6): string[] {
  return mergedRanges(texts, v).map(({ first, last }) => (first === last ? textOf(first, v) : `${textOf(first, v)}-${textOf(last, v)}`));
}

/** Whether the address lies in one of the ranges. */
export function isWithin(address: string, ranges: readonly AddressRange[]): boolean {
  const { v, value } = numberOf(address);
  return ranges.some((range) => range.v === v && value >= range.first && value <= range.last);
}

function numberOf(address: string): { readonly v: 4 | 6; readonly value: bigint } {
  const v = isIP(address);
  if (v === 4) return { v, value: address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  if (v !== 6) throw malformed(address);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const plain = dotted ? `${dotted[1]}${tail(dotted[2]!)}` : address;
  const [left = '', right] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const before = groups(left);
  const after = right === undefined ? [] : groups(right);
  const all = right === undefined ? before : [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return { v: 6, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

/** The last 32 bits of an address that ends like IPv4. */
function tail(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function textOf(value: bigint, v: 4 | 6): string {
  const parts = v === 4 ? 4 : 8;
  const bits = v === 4 ? 8n : 16n;
  const groups = Array.from({ length: parts }, (_, index) => (value >> (bits * BigInt(parts - 1 - index))) & ((1n << bits) - 1n));
  return v === 4 ? groups.join('.') : groups.map((group) => group.toString(16)).join(':');
}

function malformed(text: string): AppError {
  return new AppError('invalid', 'network.address', `${text} is no address, network or range`);
}

/** The same text for the same address (with its prefix length, where it has one), however it is written. */
export function canonicalAddress(text: string): string {
  const [address = '', prefix] = text.split('/');
  const { v, value } = numberOf(address);
  return prefix === undefined ? textOf(value, v) : `${textOf(value, v)}/${prefix}`;
}

/** The network of 64 bits that an IPv6 address is counted in, as nft writes its first address, with the length behind it. */
export function networkOf64(address: string): string {
  const { first } = rangeOf(`${address}/64`);
  return `${shortened(textOf(first, 6))}/64`;
}

/** @see RFC 5952 */
function shortened(text: string): string {
  const [longest] = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run).sort((a, b) => b.length - a.length);
  if (!longest) return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}
