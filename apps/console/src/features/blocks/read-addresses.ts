/** Words of a pasted text: addresses without repetition in their order, and those that are none. What follows `#` on a line is a remark. */
export function readAddresses(text: string, isAddress: (word: string) => boolean): { addresses: string[]; wrong: string[] } {
  const words = text
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(/[\s,;]+/))
    .filter((word) => word !== '');
  const distinct = [...new Set(words)];
  return { addresses: distinct.filter(isAddress), wrong: distinct.filter((word) => !isAddress(word)) };
}
