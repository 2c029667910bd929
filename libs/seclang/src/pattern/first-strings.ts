import type { PatternNode } from './pattern-node.js';
import type { Clause } from './required-literals.js';

/** Stand for the borders of the text in literals: no byte has these codes. */
export const TEXT_START = '\u0100';
export const TEXT_END = '\u0101';

/** Strings are followed until they say this much, or are this long: far where there are few of them, less far where there are many. */
const ENOUGH = [3, 2.2] as const;
const LONGEST = 6;
const MAX_STRINGS = 2500;
const MAX_SET = 40;
/** Parts of a sequence that are tried as a beginning, unless one is found before that says this much. */
const MAX_STARTS = 8;
const GOOD = 2.9;
/** A clause whose weakest string says less would be found in most texts. */
const LEAST_WORTH = 1;

/**
 * Strings of which every match of a pattern holds one, lower-cased, with the borders of the text where the pattern asks for them: a clause
 * for patterns that hold no literal as a whole, such as words whose letters may stand apart. They are the beginnings of whatever part of
 * the pattern says most. Null where all of it says too little.
 */
export function firstStrings(node: PatternNode): Clause | null {
  for (const enough of ENOUGH) {
    const strings = new PartSearch(enough).best(node);
    if (strings !== null && weakest(strings) >= LEAST_WORTH) return strings;
  }
  return null;
}

/** Looks for the part of a pattern whose beginnings say most. */
class PartSearch {
  readonly #enough: number;

  constructor(enough: number) {
    this.#enough = enough;
  }

  best(node: PatternNode): Clause | null {
    switch (node.kind) {
      case 'concat':
        return this.#ofSequence(node.items);
      case 'alternate':
        return joined(node.options.map((option) => this.best(option)));
      case 'group':
      case 'atomic':
        return this.best(node.item);
      case 'repeat':
        return node.min === 0 ? null : this.best(node.item);
      case 'bytes':
      case 'assert':
      case 'look':
      case 'backreference':
        return this.#beginnings(node);
      default:
        return node satisfies never;
    }
  }

  /** Where a part may be left out, what follows it says at least as much: only the others are tried, and no more of them than needed. */
  #ofSequence(items: readonly PatternNode[]): Clause | null {
    let found: Clause | null = null;
    let tried = 0;
    for (const [start, item] of items.entries()) {
      if (item.kind === 'assert' || item.kind === 'look' || (item.kind === 'repeat' && item.min === 0)) continue;
      found = better(found, this.#beginnings({ kind: 'concat', items: items.slice(start) }));
      if (item.kind !== 'bytes' && item.kind !== 'repeat') found = better(found, this.best(item));
      if ((found !== null && weakest(found) >= GOOD) || ++tried === MAX_STARTS) break;
    }
    return found;
  }

  #beginnings(node: PatternNode): Clause | null {
    const search = new Beginnings(this.#enough);
    const whole = search.extend(new Set(['']), node);
    return whole === null ? null : withoutCovered([...new Set([...search.cut, ...whole])]);
  }
}

function better(one: Clause | null, other: Clause | null): Clause | null {
  if (one === null || other === null) return one ?? other;
  return weakest(other) > weakest(one) ? other : one;
}

function joined(clauses: readonly (Clause | null)[]): Clause | null {
  const all = new Set<string>();
  for (const clause of clauses) {
    if (clause === null) return null;
    for (const text of clause) all.add(text);
  }
  return all.size > MAX_STRINGS ? null : withoutCovered([...all]);
}

function weakest(strings: Clause): number {
  let least = Infinity;
  for (const text of strings) least = Math.min(least, worthOf(text));
  return least;
}

/** Follows a pattern from its beginning, as far as strings have to be followed. */
class Beginnings {
  /** Strings that were followed far enough: a match goes on behind them in some way. */
  readonly cut = new Set<string>();
  readonly #enough: number;

  constructor(enough: number) {
    this.#enough = enough;
  }

  /** All ways to go on from `live` through a node; those that end in it are live again. Null when there are too many. */
  extend(live: ReadonlySet<string>, node: PatternNode): ReadonlySet<string> | null {
    if (live.size === 0) return live;
    switch (node.kind) {
      case 'bytes':
        return this.#append(live, lettersOf(node.set.bytes()));
      case 'concat':
        return this.#sequence(live, node.items);
      case 'alternate':
        return this.#choice(live, node.options);
      case 'group':
      case 'atomic':
        return this.extend(live, node.item);
      case 'repeat':
        return this.#repeat(live, node.item, node.min, node.max);
      case 'assert':
        if (node.what === 'start') return this.#append(live, [TEXT_START]);
        // What stands behind the end can only be empty.
        if (node.what === 'end') this.#append(live, [TEXT_END])?.forEach((text) => this.cut.add(text));
        return node.what === 'end' ? NONE : live;
      case 'look':
        return live;
      case 'backreference':
        return this.#append(live, null);
      default:
        return node satisfies never;
    }
  }

  #sequence(live: ReadonlySet<string>, items: readonly PatternNode[]): ReadonlySet<string> | null {
    let now: ReadonlySet<string> | null = live;
    for (const item of items) if (now !== null && now.size > 0) now = this.extend(now, item);
    return now;
  }

  #choice(live: ReadonlySet<string>, options: readonly PatternNode[]): ReadonlySet<string> | null {
    const all = new Set<string>();
    for (const option of options) {
      const after = this.extend(live, option);
      if (after === null) return null;
      for (const text of after) all.add(text);
    }
    return all.size > MAX_STRINGS ? null : all;
  }

  #repeat(live: ReadonlySet<string>, item: PatternNode, min: number, max: number): ReadonlySet<string> | null {
    const all = new Set<string>(min === 0 ? live : []);
    let now: ReadonlySet<string> = live;
    for (let count = 1; count <= max && now.size > 0; count++) {
      const after = this.extend(now, item);
      if (after === null || all.size > MAX_STRINGS) return null;
      // Only what is new can lead to anything new.
      now = count > min ? new Set([...after].filter((text) => !all.has(text))) : after;
      if (count >= min) for (const text of now) all.add(text);
    }
    return all;
  }

  /** One more byte, out of some; null: any byte, which isn't told. */
  #append(live: ReadonlySet<string>, letters: readonly string[] | null): ReadonlySet<string> | null {
    const after = new Set<string>();
    for (const text of live) {
      if (letters === null) this.cut.add(text);
      else
        for (const letter of letters) {
          // The start is where it is, however often it is asked for.
          const longer = letter === TEXT_START && text === TEXT_START ? text : text + letter;
          (longer.length >= LONGEST || worthOf(longer) >= this.#enough ? this.cut : after).add(longer);
        }
    }
    return after.size + this.cut.size > MAX_STRINGS ? null : after;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The letters of some bytes, in lower case; null where there are too many of them. */
export function lettersOf(bytes: readonly number[]): readonly string[] | null {
  const letters = new Set(bytes.map((byte) => String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)));
  return letters.size > MAX_SET ? null : [...letters];
}

/** Drops strings that begin with another one. */
export function withoutCovered(strings: readonly string[]): Clause {
  const all = new Set(strings);
  return strings.filter((text) => {
    for (let length = 0; length < text.length; length++) if (all.has(text.slice(0, length))) return false;
    return true;
  });
}

/** What bytes other than letters, digits and rare punctuation say; the start of the text says next to nothing by itself. */
const WORTH: Readonly<Record<string, number>> = {
  ...{ ' ': 0.5, '-': 0.7, _: 0.7, '.': 0.7, '/': 0.7, '=': 0.7, ',': 0.7, ':': 0.7, '+': 0.7, '&': 1 },
  [TEXT_START]: 0.3,
};

const WORTH_OF = Float64Array.from({ length: 258 }, (_, code) => {
  const char = String.fromCharCode(code);
  return /[a-z0-9]/.test(char) ? 0.75 : (WORTH[char] ?? 1.5);
});

function worthOf(text: string): number {
  let worth = 0;
  for (let at = 0; at < text.length; at++) worth += WORTH_OF[text.charCodeAt(at)]!;
  return worth;
}
