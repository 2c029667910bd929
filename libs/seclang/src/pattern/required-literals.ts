import { windowOf } from './literal-window.js';
import type { PatternNode } from './pattern-node.js';

/** Literals of which at least one must occur, lower-cased, in every text that a pattern matches. */
export type Clause = readonly string[];

/** Below this a literal says too little: two letters or dots reach it, or one rare punctuation mark. */
const LEAST_WORTH = 1.7;
const MAX_SET = 24;
const MAX_STRINGS = 96;
const MAX_CLAUSE = 3000;
const MAX_CLAUSES = 3;

/** `exact` lists all texts the node matches (null: too many); `clauses` must all hold. */
interface Knowledge {
  readonly exact: readonly string[] | null;
  readonly clauses: readonly Clause[];
}

const NOTHING: Knowledge = { exact: null, clauses: [] };
const EMPTY: Knowledge = { exact: [''], clauses: [] };

/** The best clauses of a pattern, at most three; empty when the pattern needs no particular bytes. */
export function requiredLiterals(node: PatternNode): Clause[] {
  return bestClauses(asClauses(learn(node)));
}

/** A clause of given phrases (`@pm`): any of them must occur. Null when one is empty. */
export function phraseClause(phrases: readonly string[]): Clause | null {
  return phrases.length === 0 || phrases.includes('') ? null : reduced(phrases.map((phrase) => phrase.toLowerCase()));
}

function bestClauses(clauses: readonly Clause[]): Clause[] {
  const unique = new Map(clauses.map((clause) => [clause.join('\0'), clause]));
  return [...unique.values()]
    .map((clause) => ({ clause, worth: worthOf(clause) }))
    .filter(({ worth }) => worth >= LEAST_WORTH)
    .sort((a, b) => b.worth - a.worth)
    .slice(0, MAX_CLAUSES)
    .map(({ clause }) => clause);
}

function learn(node: PatternNode): Knowledge {
  switch (node.kind) {
    case 'bytes':
      return learnSet(node.set.bytes());
    case 'concat':
      return learnSequence(node.items);
    case 'alternate':
      return learnChoice(node.options);
    case 'repeat':
      return learnRepeat(node);
    case 'group':
    case 'atomic':
      return learn(node.item);
    case 'assert':
    case 'look':
      return EMPTY;
    case 'backreference':
      return NOTHING;
    default:
      return node satisfies never;
  }
}

function learnSet(bytes: readonly number[]): Knowledge {
  const letters = new Set(bytes.map((byte) => String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)));
  return letters.size <= MAX_SET ? { exact: [...letters], clauses: [] } : NOTHING;
}

function learnSequence(items: readonly PatternNode[]): Knowledge {
  const clauses: Clause[] = [];
  let run: readonly string[] = [''];
  let exact = true;
  const flush = (next: readonly string[]): void => {
    exact = false;
    if (!run.includes('')) clauses.push(run);
    run = next;
  };
  for (const item of items) {
    const known = learn(item);
    if (known.exact === null) {
      flush(['']);
      clauses.push(...known.clauses);
    } else if (run.length * known.exact.length > MAX_STRINGS) {
      flush(known.exact);
    } else {
      const before = run;
      run = [...new Set(known.exact.flatMap((tail) => before.map((head) => head + tail)))];
    }
  }
  if (exact) return { exact: run, clauses };
  flush(['']);
  return { exact: null, clauses };
}

function learnChoice(options: readonly PatternNode[]): Knowledge {
  const known = options.map(learn);
  const strings = known.flatMap((option) => option.exact ?? []);
  if (known.every((option) => option.exact !== null) && strings.length <= MAX_CLAUSE) return { exact: [...new Set(strings)], clauses: [] };
  const union: string[] = [];
  for (const option of known) {
    const best = strongest(asClauses(option));
    if (best === null) return NOTHING;
    union.push(...best);
  }
  return union.length > MAX_CLAUSE ? NOTHING : { exact: null, clauses: [reduced(union)] };
}

function learnRepeat(node: Extract<PatternNode, { kind: 'repeat' }>): Knowledge {
  const inner = learn(node.item);
  if (node.min === 0) {
    return node.max === 1 && inner.exact !== null ? { exact: [...new Set(['', ...inner.exact])], clauses: [] } : NOTHING;
  }
  if (node.min > 4) return { exact: null, clauses: asClauses(inner) };
  const least = learnSequence(Array.from({ length: node.min }, () => node.item));
  return node.min === node.max ? least : { exact: null, clauses: asClauses(least) };
}

function asClauses(known: Knowledge): readonly Clause[] {
  if (known.exact === null) return known.clauses;
  return known.exact.includes('') || known.exact.length === 0 ? [] : [reduced(known.exact)];
}

function strongest(clauses: readonly Clause[]): Clause | null {
  let best: Clause | null = null;
  for (const clause of clauses) if (best === null || worthOf(clause) > worthOf(best)) best = clause;
  return best;
}

/** Drops literals that contain another one of the clause, and cuts long ones. */
function reduced(strings: readonly string[]): Clause {
  return withoutContaining([...new Set(withoutContaining([...new Set(strings)]).map(windowOf))]);
}

/** Lists of many are left as they are. */
function withoutContaining(strings: readonly string[]): readonly string[] {
  if (strings.length > 400) return strings;
  const kept: string[] = [];
  for (const text of strings.toSorted((a, b) => a.length - b.length)) if (!kept.some((shorter) => text.includes(shorter))) kept.push(text);
  return kept;
}

/** How much the weakest literal of a clause tells, less a little for many literals. */
function worthOf(clause: Clause): number {
  let weakest = Infinity;
  for (const text of clause) weakest = Math.min(weakest, worthOfText(text));
  return weakest - Math.log2(clause.length + 1) / 20;
}

function worthOfText(text: string): number {
  let worth = 0;
  for (let i = 0; i < text.length; i++) worth += worthOfByte(text.charCodeAt(i));
  return worth;
}

function worthOfByte(byte: number): number {
  if ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte >= 0x80) return 1;
  if (byte === 0x2e) return 0.9;
  return ' -_/=&,:+'.includes(String.fromCharCode(byte)) ? 0.8 : 2;
}
