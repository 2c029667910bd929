import { isIP } from 'node:net';
import { AppError } from '@phalanx/kit';

export type IpVersion = 4 | 6;

/** First and last address of one family, as numbers. */
export interface AddressRange {
  readonly version: IpVersion;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** From an address, a network, or `first-last`. Throws `invalid` for anything else. */
export function parseRange(text: string): AddressRange {
  const [from = '', to] = text.split('-');
  if (to !== undefined) {
    const [first, last] = [parseRange(from), parseRange(to)];
    if (first.version !== last.version || first.first > last.last) throw malformed(text);
    return { ...first, last: last.last };
  }
  const [address = '', prefix] = text.split('/');
  const version = isIP(address);
  if (version !== 4 && version !== 6) throw malformed(text);
  const length = prefix === undefined ? BITS[version] : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > BITS[version]) throw malformed(text);
  const value = version === 4 ? parseFour(address) : parseSix(address);
  const free = BigInt(BITS[version] - length);
  const first = (value >> free) << free;
  return { version, first, last: first + (1n << free) - 1n };
}

/** As nft reads it: an address, or `first-last`. The same range is always the same text. */
export function rangeText({ version, first, last }: AddressRange): string {
  return first === last ? addressText(version, first) : `${addressText(version, first)}-${addressText(version, last)}`;
}

/** The same text for the same address, however it is written; a prefix length stays. */
export function canonicalAddress(text: string): string {
  const [address = '', prefix] = text.split('/');
  const { version, first } = parseRange(address);
  return prefix === undefined ? addressText(version, first) : `${addressText(version, first)}/${prefix}`;
}

/** Whether two ranges share an address. */
export function overlaps(one: AddressRange, other: AddressRange): boolean {
  return one.version === other.version && one.first <= other.last && other.first <= one.last;
}

function parseFour(text: string): bigint {
  let value = 0;
  for (const part of text.split('.')) value = value * 256 + Number(part);
  return BigInt(value);
}

/** @see RFC 4291 2.2 */
function parseSix(text: string): bigint {
  const dotted = /^(.*:)([\d.]+\.\d+)$/.exec(text);
  const four = dotted ? parseFour(dotted[2]!) : 0n;
  const plain = dotted ? `${dotted[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}` : text;
  const [left, right] = plain.split('::') as [string, string?];
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(parseInt(group, 16)), 0n);
}

function addressText(version: IpVersion, value: bigint): string {
  const width = version === 4 ? 8n : 16n;
  const groups: string[] = [];
  for (let at = BigInt(BITS[version]) - width; at >= 0n; at -= width)
    groups.push(((value >> at) & ((1n << width) - 1n)).toString(version === 4 ? 10 : 16));
  return version === 4 ? groups.join('.') : shortened(groups.join(':'));
}

/** Without the longest row of zeros. @see RFC 5952 4.2 */
function shortened(text: string): string {
  const [longest] = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)].sort(([a], [b]) => b.length - a.length);
  if (!longest) return text;
  const { 0: run, index } = longest;
  return `${text.slice(0, index).replace(/:$/, '')}::${text.slice(index + run.length).replace(/^:/, '')}`;
}

function malformed(text: string): AppError {
  return new AppError('invalid', 'agent.address', `${text} is no address, network or range`);
}
