import { FEATURE, FEATURE_OF } from '../transformations/byte-features.js';
import { lettersOf, TEXT_START, withoutCovered } from './first-strings.js';
import type { PatternNode } from './pattern-node.js';
import type { Clause } from './required-literals.js';

/** How the matches of a pattern begin: every text with one has one of the strings, or a byte of one of the kinds (FEATURE). */
export interface Openings {
  readonly strings: Clause;
  readonly kinds: number;
}

/** Kinds that are no reason to look closer: most texts have them. */
const COMMON =
  FEATURE.lower | FEATURE.upper | FEATURE.digit | FEATURE.space | FEATURE.dot | FEATURE.comma | FEATURE.dash | FEATURE.underscore;
/** So many letters say enough. */
const LETTERS = 4;
const MAX_STRINGS = 1500;

/** The openings of a pattern; null where they say too little. */
export function openingsOf(node: PatternNode): Openings | null {
  const search = new OpeningSearch();
  const whole = search.extend(new Set(['']), node);
  if (whole === null) return null;
  const strings = withoutCovered([...new Set([...search.cut, ...whole])]);
  return strings.length <= MAX_STRINGS && strings.every(isTelling) ? { strings, kinds: search.kinds } : null;
}

/**
 * Follows a pattern from its beginning. Where a match may go on through something that can't be followed, but that needs a rare byte, it is
 * enough to know of that byte, wherever it stands.
 */
class OpeningSearch {
  readonly cut = new Set<string>();
  kinds = 0;

  /** All ways to go on from `live` through a node, without those that say enough. Null when there are too many, or one can't be followed. */
  extend(live: ReadonlySet<string>, node: PatternNode): ReadonlySet<string> | null {
    if (live.size === 0) return live;
    switch (node.kind) {
      case 'bytes':
        return this.#append(live, lettersOf(node.set.bytes()));
      case 'concat':
        return node.items.reduce<ReadonlySet<string> | null>((now, item) => (now === null ? null : this.extend(now, item)), live);
      case 'alternate':
        return joined(node.options.map((option) => this.extend(live, option) ?? this.#needing(option)));
      case 'group':
      case 'atomic':
        return this.extend(live, node.item);
      case 'repeat':
        return this.#repeat(live, node);
      case 'assert':
        return node.what === 'start' ? new Set([...live].map((text) => (text === '' ? TEXT_START : text))) : live;
      case 'look':
        return live;
      case 'backreference':
        return null;
      default:
        return node satisfies never;
    }
  }

  #repeat(live: ReadonlySet<string>, { item, min, max }: Extract<PatternNode, { kind: 'repeat' }>): ReadonlySet<string> | null {
    const all = new Set<string>(min === 0 ? live : []);
    let now: ReadonlySet<string> = live;
    for (let count = 1; count <= max && now.size > 0; count++) {
      const after: ReadonlySet<string> | null = count > min ? this.#passed(now, item) : this.extend(now, item);
      if (after === null || all.size > MAX_STRINGS) return null;
      now = count > min ? new Set([...after].filter((text) => !all.has(text))) : after;
      if (count >= min) for (const text of now) all.add(text);
    }
    return all;
  }

  /** The same through something that may be left out. */
  #passed(live: ReadonlySet<string>, item: PatternNode): ReadonlySet<string> | null {
    return this.#needing(item) ?? this.extend(live, item);
  }

  /** Goes no further where something rare is needed. */
  #needing(node: PatternNode): ReadonlySet<string> | null {
    const kinds = rareKinds(node);
    this.kinds |= kinds;
    return kinds === 0 ? null : NONE;
  }

  #append(live: ReadonlySet<string>, letters: readonly string[] | null): ReadonlySet<string> | null {
    if (letters === null) return null;
    const after = new Set<string>();
    for (const text of live)
      for (const letter of letters) {
        const kind = FEATURE_OF[letter.charCodeAt(0)]!;
        if (text === '' && (kind & COMMON) === 0) this.kinds |= kind;
        else (isTelling(text + letter) ? this.cut : after).add(text + letter);
      }
    return after.size + this.cut.size > 4 * MAX_STRINGS ? null : after;
  }
}

const NONE: ReadonlySet<string> = new Set();

function joined(sets: readonly (ReadonlySet<string> | null)[]): ReadonlySet<string> | null {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === null) return null;
    for (const text of set) all.add(text);
  }
  return all.size > MAX_STRINGS ? null : all;
}

/**
 * Whether a text says enough: several letters, the start of the text or a letter with a mark, but no single letter with one that stands
 * between words.
 */
function isTelling(text: string): boolean {
  const isAtStart = text.startsWith(TEXT_START);
  const bytes = isAtStart ? text.slice(1) : text;
  const letters = bytes.replace(/[^a-z0-9]/g, '').length;
  if (letters >= LETTERS) return true;
  if (letters === bytes.length) return false;
  return isAtStart || (text.length > 1 && (letters > 1 || !/[ .,_-]/.test(text)));
}

/** Rare kinds of which a node needs one; 0 when there are none. */
function rareKinds(node: PatternNode): number {
  switch (node.kind) {
    case 'bytes': {
      const kinds = node.set.bytes().reduce((sum, byte) => sum | FEATURE_OF[byte]!, 0);
      return (kinds & COMMON) === 0 ? kinds : 0;
    }
    case 'concat':
      return node.items.reduce((found, item) => found || rareKinds(item), 0);
    case 'alternate': {
      const options = node.options.map(rareKinds);
      return options.includes(0) ? 0 : options.reduce((sum, kinds) => sum | kinds, 0);
    }
    case 'group':
    case 'atomic':
      return rareKinds(node.item);
    case 'repeat':
      return node.min === 0 ? 0 : rareKinds(node.item);
    case 'assert':
    case 'look':
    case 'backreference':
      return 0;
    default:
      return node satisfies never;
  }
}
