import type { LiteralTraits } from '../../pattern/literal-traits.js';
import type { NeededKinds } from '../../pattern/needed-kinds.js';
import { ALL_FEATURES, withoutCase } from '../../transformations/byte-features.js';
import { removeWhitespace } from '../../transformations/remove-whitespace.js';
import type { Transformation } from '../../transformations/transformation.js';
import { SpacedLiteral } from './spaced-literal.js';
import type { FacetRoom } from './facet-room.js';
import type { Interest, Interests } from './interests.js';
import type { Presence } from './presence.js';

/** A clause a rule waits for. */
interface ClauseWait {
  readonly interest: Interest;
  readonly traits: LiteralTraits;
}

/** A rule that waits for what a sequence of transformations makes of a value. */
export interface Wait {
  /** For a rule without clauses, for which it is enough that its needs may be met. */
  readonly presence: Presence | null;
  /** Those of its clauses that are still to be found. */
  readonly clauses: readonly ClauseWait[];
  readonly needs: NeededKinds;
  readonly rest: readonly Transformation[];
}

/** A form that has to be made of a value. */
export interface NextForm {
  readonly transformation: Transformation;
  readonly waits: FormWaits;
  /** Characters of text that must stand side by side in it (see Transformation.mayHold). */
  readonly solid: number;
  /** Where white space is dropped only for the sake of what comes next: that. Null in all other cases. */
  readonly beyondSpace: readonly NextForm[] | null;
  /** Where white space is dropped, and nothing but one of a few literals in what is left is waited for: those. Null in all other cases. */
  readonly spaced: readonly SpacedLiteral[] | null;
}

/** What a text with certain kinds of bytes concerns. */
export interface Facet {
  /** Those for which nothing more is needed; null when there are none. */
  readonly present: readonly Presence[] | null;
  /** Bit `n & 31` of word `n >> 5` is set for the interests that a literal in the text as it is concerns; null when there are none. */
  readonly plain: Int32Array | null;
  /** Transformations that may bring about what somebody waits for; null when there are none. */
  readonly next: readonly NextForm[] | null;
  /** Whether there is none of those but `plain`, which also holds for parts of the text: no literal at its borders is among them. */
  readonly isPlainWithin: boolean;
  /** Nothing of all that. */
  readonly isEmpty: boolean;
}

const NO_FACET: Facet = { present: null, plain: null, next: null, isPlainWithin: true, isEmpty: true };

/** So many rules wait that a value is scanned at once, before it is asked whom it concerns. */
const CROWD = 12;
/** Up to so many literals are quicker looked for one by one than a form is made and scanned for all. */
const FEW_LITERALS = 2;

/**
 * The rules that wait for literals in the forms of a value. What a value concerns depends on the kinds of bytes in it. A rule is passed over
 * where they can't become what its operator needs. A form is made only where a transformation may reveal a literal that isn't in the value
 * as it is, and once, whichever pipelines come to it.
 */
export class FormWaits {
  /** So many that nearly every value concerns one. */
  readonly isCrowd: boolean;
  readonly #waits: readonly Wait[];
  readonly #interests: Interests;
  readonly #facets = new Map<number, Facet>();
  /** The facets that were asked for last, with their kinds of bytes: here they are found in less memory than in the map. */
  #kindsA = -1;
  #kindsB = -1;
  #kindsC = -1;
  #kindsD = -1;
  #facetA = NO_FACET;
  #facetB = NO_FACET;
  #facetC = NO_FACET;
  #facetD = NO_FACET;
  readonly #room: FacetRoom;
  readonly #isFirst: boolean;

  /** `isFirst`: its forms are values as they came. */
  constructor(waits: readonly Wait[], interests: Interests, room: FacetRoom, isFirst: boolean) {
    this.#waits = waits;
    this.isCrowd = waits.length >= CROWD;
    this.#interests = interests;
    this.#room = room;
    this.#isFirst = isFirst;
  }

  /** For a text with these kinds of bytes (FEATURE). */
  facet(features: number): Facet {
    if (features === this.#kindsA) return this.#facetA;
    if (features === this.#kindsB) return this.#facetB;
    if (features === this.#kindsC) return this.#facetC;
    if (features === this.#kindsD) return this.#facetD;
    const facet = this.#facets.get(features) ?? this.#keep(features);
    this.#kindsD = this.#kindsC;
    this.#facetD = this.#facetC;
    this.#kindsC = this.#kindsB;
    this.#facetC = this.#facetB;
    this.#kindsB = this.#kindsA;
    this.#facetB = this.#facetA;
    this.#kindsA = features;
    this.#facetA = facet;
    return facet;
  }

  /** What holds for more kinds of bytes holds for fewer too: hostile values of ever new kinds share a facet. */
  #keep(features: number): Facet {
    const room = this.#room;
    if (this.#isFirst && room.isWornOut) {
      this.#facets.clear();
      room.clear();
    }
    const kinds = room.take() ? features : ALL_FEATURES;
    let facet = this.#facets.get(kinds);
    if (facet === undefined) this.#facets.set(kinds, (facet = this.#facetFor(kinds)));
    return facet;
  }

  #facetFor(kinds: number): Facet {
    const present = new Map<string, Presence>();
    const plain = new Int32Array((this.#interests.size + 31) >> 5);
    const next = new Map<Transformation, Wait[]>();
    let isBordered = false;
    for (const wait of this.#waits) {
      const { rest, clauses, presence, needs } = wait;
      const after = kindsAfter(rest, kinds);
      if (!isMet(needs, after)) continue;
      const first = rest.findIndex((transformation) => isTriggered(transformation, kinds));
      if (presence !== null) addPresence(present, first < 0 ? presence : { ...presence, test: null });
      const hidden: ClauseWait[] = [];
      for (const clause of clauses) {
        if ((after & clause.traits.instead) !== 0) addPresence(present, { ...clause.interest, test: null, negated: false });
        else if (first >= 0 && mayReveal(rest, clause.traits, kinds)) hidden.push(clause);
        else {
          const number = this.#interests.number(clause.interest);
          plain[number >> 5]! |= 1 << (number & 31);
          isBordered ||= clause.traits.kinds === ALL_FEATURES;
        }
      }
      if (hidden.length === 0) continue;
      const waits = next.get(rest[first]!) ?? [];
      waits.push({ presence, needs, clauses: hidden, rest: rest.slice(first + 1) });
      next.set(rest[first]!, waits);
    }
    const isPlain = plain.some((word) => word !== 0);
    return {
      present: present.size === 0 ? null : [...present.values()],
      plain: isPlain ? plain : null,
      next: next.size === 0 ? null : [...next].map(([transformation, waits]) => this.#nextForm(transformation, waits, kinds)),
      isPlainWithin: present.size === 0 && next.size === 0 && !isBordered,
      isEmpty: present.size === 0 && !isPlain && next.size === 0,
    };
  }

  #nextForm(transformation: Transformation, waits: readonly Wait[], kinds: number): NextForm {
    const others = new FormWaits(waits, this.#interests, this.#room, false);
    const after = transformation === removeWhitespace ? others.facet(kindsOf(transformation, kinds)) : null;
    const forms = after !== null && after.present === null && after.plain === null ? (after.next ?? []) : null;
    const isOnTheWay = forms !== null && forms.every((next) => next.transformation.mayHold !== undefined);
    const spaced = transformation === removeWhitespace && !isOnTheWay ? fewLiteralsOf(waits) : null;
    return { transformation, waits: others, solid: solidOf(waits), beyondSpace: isOnTheWay ? forms : null, spaced };
  }
}

/** Whether a form of a text with those kinds of bytes is worth making, as far as that is told without making it. */
export function mayShow({ transformation, waits, solid, beyondSpace, spaced }: NextForm, text: string, features: number): boolean {
  if (transformation.mayHold !== undefined) return transformation.mayHold(text, solid, false);
  if (beyondSpace !== null) return beyondSpace.some((next) => next.transformation.mayHold!(text, next.solid, true));
  if (spaced !== null) return spaced.some((literal) => literal.standsIn(text));
  if (transformation.kindsIn === undefined) return true;
  const facet = waits.facet(transformation.kindsIn(text, features));
  return !facet.isEmpty;
}

/** What is there in several ways is there in the way that asks least. */
function addPresence(present: Map<string, Presence>, presence: Presence): void {
  const name = `${presence.position} ${presence.bit}`;
  const known = present.get(name);
  if (known === undefined || known.test !== presence.test) present.set(name, known === undefined ? presence : { ...presence, test: null });
}

function isTriggered({ triggers }: Transformation, kinds: number): boolean {
  return triggers === null || (kinds & triggers) !== 0;
}

/** The kinds of bytes that there may be after one more transformation. */
function kindsOf(transformation: Transformation, kinds: number): number {
  return isTriggered(transformation, kinds) ? (transformation.yields?.(kinds) ?? ALL_FEATURES) : kinds;
}

function kindsAfter(transformations: readonly Transformation[], kinds: number): number {
  let now = kinds;
  for (const transformation of transformations) now = kindsOf(transformation, now);
  return now;
}

function isMet(needs: NeededKinds, kinds: number): boolean {
  const folded = withoutCase(kinds);
  return needs.length === 0 || needs.some((needed) => (needed & folded) === needed);
}

/** Whether the transformations may bring about a literal that is not in the value before. */
function mayReveal(transformations: readonly Transformation[], traits: LiteralTraits, kinds: number): boolean {
  let now = kinds;
  for (const transformation of transformations) {
    if (isTriggered(transformation, now) && (transformation.reveals?.(traits, now) ?? true)) return true;
    now = kindsOf(transformation, now);
  }
  return false;
}

/** The literals of which one must stand in a form for it to concern anybody; null where they are many, or other forms may hold what is waited for. */
function fewLiteralsOf(waits: readonly Wait[]): readonly SpacedLiteral[] | null {
  const literals = new Set<string>();
  for (const { presence, clauses, rest } of waits) {
    if (presence !== null) return null;
    for (const { traits } of clauses) {
      if (traits.only === '' || traits.instead !== 0 || mayReveal(rest, traits, ALL_FEATURES)) return null;
      literals.add(traits.only);
    }
  }
  return literals.size <= FEW_LITERALS ? [...literals].map((literal) => new SpacedLiteral(literal)) : null;
}

/** What all these rules need at least. The clauses of one are in one text all together. */
function solidOf(waits: readonly Wait[]): number {
  let least = Infinity;
  for (const { clauses, rest } of waits) {
    const isKept = rest.every(({ stretches }, at) => stretches === 'text' || (stretches === 'visible' && at === rest.length - 1));
    least = Math.min(least, isKept ? Math.max(...clauses.map(({ traits }) => traits.solid)) : 0);
  }
  return least;
}
