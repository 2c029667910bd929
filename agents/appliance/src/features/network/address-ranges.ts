import { type AddressRange, type IpVersion, parseRange, rangeText } from '../../platform/address-range.js';

/** The addresses of one family as nft reads them: the fewest ranges, ascending, for it refuses those that overlap. */
export function elementsOf(texts: readonly string[], version: IpVersion): string[] {
  const sorted = texts
    .map(parseRange)
    .filter((range) => range.version === version)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + 1n)
      merged[merged.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
    else merged.push(range);
  }
  return merged.map(rangeText);
}

/** The network of 64 bits that an IPv6 address is counted in, as nft writes its first address, with the length behind it. */
export function networkOf64(address: string): string {
  return `${rangeText(parseRange(`${address}/64`)).split('-')[0]}/64`;
}
