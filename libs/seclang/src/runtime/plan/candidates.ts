import type { LiteralScanner } from '../../matching/literal-scanner.js';
import type { TransformationContext } from '../../transformations/transformation.js';
import type { Budget } from '../budget.js';
import type { Entry } from '../entry.js';
import type { Subject } from '../subject.js';
import type { TargetCache } from '../target-cache.js';
import { type FormWaits, INTEREST, type Interests } from './form-waits.js';
import { FEATURE_GATE, type KeyPlan } from './key-plan.js';
import type { PhasePlan } from './phase-plan.js';

export interface CandidateOptions {
  readonly scanner: LiteralScanner;
  readonly context: TransformationContext;
  readonly isResponse: boolean;
}

/** From this length on each form of a value is worth a look at the clock. */
const LONG_FORM = 4096;

/**
 * Which steps of a phase have to be tried for one transaction. All values are scanned once for literals; a rule that waits for literals
 * which are nowhere is left out. May be interrupted and gone on with.
 */
export class Candidates {
  /** Steps to try, as bits (see PhasePlan). */
  readonly bits: Int32Array;
  readonly #plan: PhasePlan;
  #targets: TargetCache | null = null;
  readonly #context: TransformationContext;
  readonly #scanner: LiteralScanner;
  readonly #isResponse: boolean;
  /** By position: which of its clauses a rule has found. */
  readonly #found: Int32Array;
  #key = 0;
  #entry = 0;
  /** Forms of the value in hand that were come to since the walk through them began anew, and in all walks. */
  #walked = 0;
  #done = 0;

  constructor(plan: PhasePlan, { scanner, context, isResponse }: CandidateOptions) {
    this.#plan = plan;
    this.#context = context;
    this.#scanner = scanner;
    this.#isResponse = isResponse;
    this.bits = new Int32Array(plan.always.length);
    this.#found = new Int32Array(plan.steps.length);
  }

  /** Begins anew, for a transaction with these targets. */
  begin(targets: TargetCache): void {
    this.bits.set(this.#plan.always);
    this.#found.fill(0);
    this.#targets = targets;
    this.#key = 0;
    this.#entry = 0;
    this.#done = 0;
  }

  /** Lets go of the transaction. */
  end(): void {
    this.#targets = null;
  }

  /** Looks at all values. False when the slice or the budget ended before; it is to be called again then. */
  collect(budget: Budget): boolean {
    const { keys } = this.#plan;
    const targets = this.#targets;
    if (targets === null) throw new TypeError('candidates of no transaction');
    for (; this.#key < keys.length; this.#key++) {
      const key = keys[this.#key]!;
      const entries = targets.entries(key.target);
      if (entries.length === 0) continue;
      if (this.#entry === 0) this.#chooseAll(key.presence);
      if ((key.forms !== null || key.gates.length > 0) && !this.#look(key, entries, budget)) return false;
      this.#entry = 0;
    }
    return true;
  }

  #look({ forms, gates }: KeyPlan, entries: readonly Entry[], budget: Budget): boolean {
    while (this.#entry < entries.length) {
      const { subject } = entries[this.#entry]!;
      this.#walked = 0;
      if (forms !== null && !this.#scan(forms, subject, subject, budget)) return false;
      this.#done = 0;
      this.#entry++;
      if (gates.length > 0) this.#pass(gates, subject.features);
      if (budget.spend(subject.text.length) || budget.isSliceOver) return false;
    }
    return true;
  }

  #pass(gates: readonly number[], features: number): void {
    for (let at = 0; at < gates.length; at += FEATURE_GATE.size)
      if ((features & gates[at + FEATURE_GATE.features]!) !== 0) this.#choose(gates[at]!);
  }

  /** A value, or a form of the value `root`. False when the slice or the budget ended before: gone through again, what was made is there. */
  #scan(forms: FormWaits, subject: Subject, root: Subject, budget: Budget): boolean {
    // A plain value nearly always concerns somebody, and its scan tells the kinds of its bytes as well.
    const found = subject === root ? subject.clauses(this.#scanner, this.#isResponse) : null;
    const { plain, next } = forms.facet(subject.features);
    if (plain !== null) this.#note(found ?? subject.clauses(this.#scanner, this.#isResponse), plain);
    if (subject.text.length >= LONG_FORM && !this.#mayGoOn(subject.text.length, budget)) return false;
    for (let at = 0; at < next.length; at++) {
      const { transformation, waits } = next[at]!;
      if (!this.#scan(waits, subject.applied(transformation, this.#context, root), root, budget)) return false;
    }
    return true;
  }

  /** Each form is accounted for once, so that every slice comes one further. */
  #mayGoOn(bytes: number, budget: Budget): boolean {
    if (++this.#walked <= this.#done) return true;
    this.#done = this.#walked;
    return !budget.spend(bytes) && !budget.isSliceOver;
  }

  /** Notes clauses for the rules that wait for them. */
  #note(clauses: readonly number[], { starts, data }: Interests): void {
    const last = starts.length - 1;
    for (let index = 0; index < clauses.length; index++) {
      const clause = clauses[index]!;
      // Clauses behind the last one that somebody waits for.
      if (clause >= last) continue;
      const end = starts[clause + 1]!;
      for (let at = starts[clause]!; at < end; at += INTEREST.size) {
        const position = data[at]!;
        const found = (this.#found[position]! |= data[at + INTEREST.bit]!);
        if (found === data[at + INTEREST.full]) this.#choose(position);
      }
    }
  }

  #chooseAll(positions: readonly number[]): void {
    for (let at = 0; at < positions.length; at++) this.#choose(positions[at]!);
  }

  #choose(position: number): void {
    this.bits[position >> 5]! |= 1 << (position & 31);
  }
}

/** The first position from `start` on whose bit is set, or -1. */
export function nextBit(bits: Int32Array, start: number): number {
  let word = start >> 5;
  if (word >= bits.length) return -1;
  let rest = bits[word]! & (-1 << (start & 31));
  while (rest === 0) {
    if (++word >= bits.length) return -1;
    rest = bits[word]!;
  }
  return (word << 5) + (31 - Math.clz32(rest & -rest));
}
