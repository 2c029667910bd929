/** What of a set's elements (sorted) tells whether it is as it was applied. */
export type ShownElements = (set: string, elements: readonly string[]) => readonly string[];

/**
 * A listing of `nft -s -nn` as lines that are the same whenever the same rules stand: chains, sets and counters sorted by name, elements one a
 * line and sorted.
 */
export function normalisedListing(listing: string, shown: ShownElements): string[] {
  const blocks = new Map<string, string[]>();
  const head: string[] = [];
  let block: string[] | null = null;
  for (const line of withWholeElements(listing)) {
    const text = line.replace(/^\t/, '');
    if (/^[a-z]+ \S+( \S+)* \{$/.test(text) && line.startsWith('\t') && !line.startsWith('\t\t')) {
      block = [text];
      blocks.set(text, block);
    } else if (line.startsWith('\t\t') && block) block.push(...elementsApart(line.trim(), block[0]!, shown));
    else if (line.startsWith('table ')) head.push(line);
  }
  const sorted = [...blocks].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...head, ...sorted.flatMap(([, lines]) => ['', ...lines])];
}

/** nft breaks long lists of elements into lines. */
function withWholeElements(listing: string): string[] {
  const lines: string[] = [];
  let open: string | null = null;
  for (const line of listing.split('\n')) {
    if (open !== null) open += ` ${line.trim()}`;
    else if (/^\t\telements = \{/.test(line)) open = line;
    else lines.push(line);
    if (open?.endsWith('}')) {
      lines.push(open);
      open = null;
    }
  }
  return lines;
}

function elementsApart(line: string, head: string, shown: ShownElements): string[] {
  const set = /^set (\S+) \{$/.exec(head)?.[1];
  const elements = /^elements = \{ ?(.*?) ?\}$/.exec(line)?.[1];
  if (set === undefined || elements === undefined) return [`  ${line}`];
  const all = elements.split(/, ?/).filter((element) => element !== '');
  return shown(set, all.sort()).map((element) => `  element ${element}`);
}

/** Names of the sets in a listing. */
export function setsIn(listing: string): string[] {
  return [...listing.matchAll(/^\tset (\S+) \{$/gm)].map(([, name]) => name!);
}

/** The line of a listing that holds a set's elements, or none. */
export function elementsIn(listing: string): string | null {
  return withWholeElements(listing).find((line) => line.startsWith('\t\telements = {')) ?? null;
}

/** The listing with the elements put into its sets. */
export function withElements(listing: string, elements: ReadonlyMap<string, string | null>): string {
  return listing.replace(/^\tset (\S+) \{$/gm, (head, name: string) => {
    const line = elements.get(name);
    return line ? `${head}\n${line}` : head;
  });
}
