/** Elements of a box's lists that were found otherwise than they were applied. */
export interface FoundElements {
  /** There, though nobody wanted them: an address, a network, or `first-last`. */
  readonly added: readonly string[];
  /** Not there, though they were wanted. */
  readonly removed: readonly string[];
}

const ELEMENT = /^([+-])(?:blocked|networks)-[46] ([0-9a-fA-F.:/]+(?:-[0-9a-fA-F.:]+)?)$/;
const FRAME = /^(?:---|\+\+\+|@@| )/;

/**
 * Reads the difference that a box reports of its lists. Null where it says anything that can't be told as blocked addresses: an end that the difference
 * doesn't name, what must stay free, the rules themselves, or more than it has room for.
 */
export function readFoundElements(diff: string): FoundElements | null {
  const [added, removed]: [string[], string[]] = [[], []];
  for (const line of diff.split('\n')) {
    if (line === '' || FRAME.test(line)) continue;
    const [, sign, element] = ELEMENT.exec(line) ?? [];
    if (!element) return null;
    (sign === '+' ? added : removed).push(element);
  }
  return added.length + removed.length > 0 ? { added, removed } : null;
}
