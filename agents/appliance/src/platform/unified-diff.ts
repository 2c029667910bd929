/** The longest diff, in characters, that fits a facet's report. */
export const DIFF_LIMIT = 20_000;
const CONTEXT_LINES = 3;
/** Beyond so many changed lines the two sides are shown whole, one after the other: the search grows with the square of them. */
const MOST_EDITS = 1500;
const LINE_LIMIT = 500;

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * Where `found` is not as `wanted`, as a unified diff (line based, three lines of context), or null when they are equal. Cut at `DIFF_LIMIT`
 * characters with a last line that says so.
 */
export function unifiedDiff(wanted: readonly string[], found: readonly string[]): string | null {
  const edits = compare(wanted, found);
  const hunks = hunksOf(edits);
  if (hunks.length === 0) return null;
  const lines = ['--- applied', '+++ found', ...hunks];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    length += line.length + 1;
    if (length > DIFF_LIMIT - 60) return [...lines.slice(0, index), `… ${lines.length - index} more lines`].join('\n');
  }
  return lines.join('\n');
}

/** JSON, one value a line, keys as they stand; a text of several lines becomes a list of its lines. What is no JSON is split at its line feeds. */
export function jsonLines(text: string): string[] {
  try {
    const lined = JSON.stringify(
      JSON.parse(text),
      (_, value: unknown) => (typeof value === 'string' && value.includes('\n') ? value.split('\n') : value),
      2,
    );
    return lined.split('\n');
  } catch {
    return text.split('\n');
  }
}

function compare(wanted: readonly string[], found: readonly string[]): Edit[] {
  let start = 0;
  while (start < wanted.length && start < found.length && wanted[start] === found[start]) start++;
  let end = 0;
  while (end < wanted.length - start && end < found.length - start && wanted.at(-1 - end) === found.at(-1 - end)) end++;
  const same = (text: string): Edit => ({ sign: ' ', text });
  return [
    ...wanted.slice(0, start).map(same),
    ...shortestEdits(wanted.slice(start, wanted.length - end), found.slice(start, found.length - end)),
    ...wanted.slice(wanted.length - end).map(same),
  ];
}

/**
 * The fewest lines to take away and to add.
 * @see E. W. Myers, "An O(ND) difference algorithm and its variations", 1986
 */
function shortestEdits(wanted: readonly string[], found: readonly string[]): Edit[] {
  const most = Math.min(wanted.length + found.length, MOST_EDITS);
  const furthest = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trail.push(furthest.slice(most - edits, most + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = diagonal + most + 1;
      const isDown = diagonal === -edits || (diagonal !== edits && furthest[at - 1]! < furthest[at + 1]!);
      let x = isDown ? furthest[at + 1]! : furthest[at - 1]! + 1;
      while (x < wanted.length && x - diagonal < found.length && wanted[x] === found[x - diagonal]) x++;
      furthest[at] = x;
      if (x >= wanted.length && x - diagonal >= found.length) return walkBack(trail, wanted, found);
    }
  }
  return [...wanted.map((text): Edit => ({ sign: '-', text })), ...found.map((text): Edit => ({ sign: '+', text }))];
}

function walkBack(trail: readonly Int32Array[], wanted: readonly string[], found: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let x = wanted.length;
  let y = found.length;
  for (let step = trail.length - 1; step >= 0; step--) {
    // Row `step` was kept from diagonal -step - 1 on.
    const row = trail[step]!;
    const reached = (diagonal: number) => row[diagonal + step + 1]!;
    const diagonal = x - y;
    const isDown = diagonal === -step || (diagonal !== step && reached(diagonal - 1) < reached(diagonal + 1));
    const fromX = step === 0 ? 0 : reached(isDown ? diagonal + 1 : diagonal - 1);
    const fromY = step === 0 ? 0 : fromX - (isDown ? diagonal + 1 : diagonal - 1);
    while (x > fromX && y > fromY) {
      edits.push({ sign: ' ', text: wanted[--x]! });
      y--;
    }
    if (step === 0) break;
    edits.push(isDown ? { sign: '+', text: found[--y]! } : { sign: '-', text: wanted[--x]! });
  }
  return edits.reverse();
}

function hunksOf(edits: readonly Edit[]): string[] {
  const lines: string[] = [];
  let wantedLine = 1;
  let foundLine = 1;
  for (let at = 0; at < edits.length;) {
    if (edits[at]!.sign === ' ' && !isNear(edits, at)) {
      at++;
      wantedLine++;
      foundLine++;
      continue;
    }
    const begin = at;
    while (at < edits.length && (edits[at]!.sign !== ' ' || isNear(edits, at))) at++;
    const hunk = edits.slice(begin, at);
    const wantedCount = hunk.filter(({ sign }) => sign !== '+').length;
    const foundCount = hunk.filter(({ sign }) => sign !== '-').length;
    lines.push(`@@ -${rangeOf(wantedLine, wantedCount)} +${rangeOf(foundLine, foundCount)} @@`, ...hunk.map(shown));
    wantedLine += wantedCount;
    foundLine += foundCount;
  }
  return lines;
}

/** Nothing stands after the line before it. */
function rangeOf(line: number, count: number): string {
  return `${count === 0 ? line - 1 : line},${count}`;
}

function isNear(edits: readonly Edit[], at: number): boolean {
  for (let near = Math.max(0, at - CONTEXT_LINES); near <= Math.min(edits.length - 1, at + CONTEXT_LINES); near++)
    if (edits[near]!.sign !== ' ') return true;
  return false;
}

function shown({ sign, text }: Edit): string {
  return sign + (text.length > LINE_LIMIT ? `${text.slice(0, LINE_LIMIT)}…` : text);
}
