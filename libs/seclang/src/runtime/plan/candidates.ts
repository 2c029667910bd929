import type { LiteralScanner } from '../../matching/literal-scanner.js';
import type { Budget } from '../budget.js';
import type { Entry } from '../entry.js';
import type { KnownAnswers } from '../known-answers.js';
import type { PipelineTree } from '../pipeline.js';
import type { Subject } from '../subject.js';
import type { TargetCache } from '../target-cache.js';
import { mayMatch } from './awaited-link.js';
import { type FormWaits, mayShow } from './form-waits.js';
import { INTEREST } from './interests.js';
import type { PhasePlan } from './phase-plan.js';
import type { Presence } from './presence.js';
import type { VariablePlan } from './variable-plan.js';

export interface CandidateOptions {
  readonly scanner: LiteralScanner;
  readonly tree: PipelineTree;
  readonly isResponse: boolean;
}

/** From this length on it is quicker to scan a value once for all than to see first whether anybody waits. */
const LONG_TEXT = 256;
/** From this length on each form of a value is worth a look at the clock. */
const LONG_FORM = 4096;
/** Longer values aren't tested beforehand: what passes is tested again. */
const TESTED_BYTES = 256;

/**
 * Which steps of a phase have to be tried for one transaction. All values are scanned once for literals; a rule that waits for literals
 * which are nowhere is left out. May be interrupted and gone on with.
 */
export class Candidates {
  /** Steps to try, as bits (see PhasePlan). */
  readonly bits: Int32Array;
  readonly #plan: PhasePlan;
  #targets: TargetCache | null = null;
  readonly #tree: PipelineTree;
  readonly #scanner: LiteralScanner;
  readonly #isResponse: boolean;
  /** By position: which of its clauses a rule has found. */
  readonly #found: Int32Array;
  #variable = 0;
  #entry = 0;
  /** Forms of the value in hand that were come to since the walk through them began anew, and in all walks. */
  #walked = 0;
  #done = 0;
  /** While a known value is looked at for the first time: what was found, as in `Interests.data`. */
  #learnt: number[] | null = null;

  constructor(plan: PhasePlan, { scanner, tree, isResponse }: CandidateOptions) {
    this.#plan = plan;
    this.#tree = tree;
    this.#scanner = scanner;
    this.#isResponse = isResponse;
    this.bits = new Int32Array(plan.always.length);
    this.#found = new Int32Array(plan.steps.length);
  }

  /** Begins anew, for a transaction with these targets. */
  begin(targets: TargetCache): void {
    this.#plan.allowance.renew();
    this.#targets = targets;
    this.bits.set(this.#plan.always);
    this.#found.fill(0);
    this.#variable = 0;
    this.#entry = 0;
    this.#done = 0;
  }

  /** Lets go of the transaction. */
  end(): void {
    this.#targets = null;
  }

  /** Looks at all values. False when the slice or the budget ended before; it is to be called again then. */
  collect(budget: Budget): boolean {
    const { variables, counts, rest } = this.#plan;
    const targets = this.#targets;
    if (targets === null) throw new TypeError('candidates of no transaction');
    this.#findAll(rest ?? this.#learnRest(targets, budget));
    let counted = -1;
    let count = 0;
    for (let at = 0; at < counts.length; at++) {
      const gate = counts[at]!;
      if (gate.target.key !== counted) {
        counted = gate.target.key;
        count = targets.entries(gate.target).length;
      }
      if (gate.mayMatch(count)) this.#find(gate.position, gate.bit, gate.full);
    }
    for (; this.#variable < variables.length; this.#variable++) {
      const variable = variables[this.#variable]!;
      if (!this.#look(variable, targets.members(variable.keys), budget)) return false;
      this.#entry = 0;
    }
    return true;
  }

  #look(variable: VariablePlan, entries: readonly Entry[], budget: Budget): boolean {
    while (this.#entry < entries.length) {
      const entry = entries[this.#entry]!;
      const waits = variable.waitsFor(entry);
      this.#walked = 0;
      if (waits !== null && !this.#meetAll(waits, entry.subject, budget)) return false;
      this.#done = 0;
      this.#entry++;
      if (budget.spend(entry.text.length) || budget.isSliceOver) return false;
    }
    return true;
  }

  /** All that a value concerns. False when the slice or the budget ended before. */
  #meetAll(waits: FormWaits, subject: Subject, budget: Budget): boolean {
    const { answers, within } = subject;
    if (within !== null && !waits.isCrowd && this.#concernsNone(waits, within)) return true;
    if (answers === null) return this.#walk(waits, subject, subject, budget);
    this.#findAll(answers.findings(waits) ?? this.#learn(waits, subject, answers, budget));
    return true;
  }

  /** Whether a value concerns nobody, nor does any part of it. */
  #concernsNone(waits: FormWaits, subject: Subject): boolean {
    const { isPlainWithin, plain } = waits.facet(subject.featuresByScan(this.#scanner, this.#isResponse));
    return isPlainWithin && (plain === null || !this.#isAny(subject.clauses(this.#scanner, this.#isResponse), plain));
  }

  #findAll(findings: readonly number[]): void {
    for (let at = 0; at < findings.length; at += INTEREST.size)
      this.#find(findings[at]!, findings[at + INTEREST.bit]!, findings[at + INTEREST.full]!);
  }

  #learn(waits: FormWaits, subject: Subject, answers: KnownAnswers, budget: Budget): readonly number[] {
    const findings = this.#matchedBy(waits, subject, budget);
    answers.keepFindings(waits, findings);
    return findings;
  }

  /** What a value is found to be for the links that do match it. */
  #matchedBy(waits: FormWaits, subject: Subject, budget: Budget): readonly number[] {
    const learnt: number[] = [];
    this.#learnt = learnt;
    this.#walk(waits, subject, subject, budget);
    this.#learnt = null;
    const findings: number[] = [];
    for (let at = 0; at < learnt.length; at += INTEREST.size) {
      const [position, bit, full] = learnt.slice(at, at + INTEREST.size) as [number, number, number];
      if (mayMatch(this.#plan.linkOf(position, bit), subject, this.#tree)) findings.push(position, bit, full);
    }
    return findings;
  }

  #learnRest(targets: TargetCache, budget: Budget): readonly number[] {
    const rest: number[] = [];
    for (const variable of this.#plan.resting) {
      for (const entry of targets.members(variable.keys)) {
        const waits = variable.waitsFor(entry);
        if (waits !== null) rest.push(...this.#matchedBy(waits, entry.subject, budget));
      }
    }
    return (this.#plan.rest = rest);
  }

  /** A value, or a form of the value `root`. False when the slice or the budget ended before: gone through again, what was made is there. */
  #walk(waits: FormWaits, subject: Subject, root: Subject, budget: Budget): boolean {
    const { text } = subject;
    const features = text.length < LONG_TEXT && !waits.isCrowd ? subject.features : subject.featuresByScan(this.#scanner, this.#isResponse);
    const { present, plain, next } = waits.facet(features);
    if (present !== null) for (let at = 0; at < present.length; at++) this.#meet(present[at]!, subject);
    if (plain !== null) this.#note(subject.clauses(this.#scanner, this.#isResponse), plain);
    if (text.length >= LONG_FORM && !this.#mayGoOn(text.length, budget)) return false;
    if (next === null) return true;
    for (let at = 0; at < next.length; at++) {
      if (!mayShow(next[at]!, text, features)) continue;
      const { transformation, waits: others } = next[at]!;
      if (!this.#walk(others, subject.applied(transformation, this.#tree.context, root), root, budget)) return false;
    }
    return true;
  }

  /** Each form is accounted for once, so that every slice comes one further. Values that are learnt are short. */
  #mayGoOn(bytes: number, budget: Budget): boolean {
    if (this.#learnt !== null) return true;
    if (++this.#walked <= this.#done) return true;
    this.#done = this.#walked;
    return !budget.spend(bytes) && !budget.isSliceOver;
  }

  /** Notes clauses for the rules whose interests are set in `wanted`. */
  #note(clauses: readonly number[], wanted: Int32Array): void {
    const { starts, data } = this.#plan.interests;
    const last = starts.length - 1;
    for (let index = 0; index < clauses.length; index++) {
      const clause = clauses[index]!;
      // Clauses behind the last one that somebody waits for.
      if (clause >= last) continue;
      const end = starts[clause + 1]!;
      for (let number = starts[clause]!; number < end; number++) {
        if (((wanted[number >> 5]! >>> (number & 31)) & 1) === 0) continue;
        const at = number * INTEREST.size;
        this.#find(data[at]!, data[at + INTEREST.bit]!, data[at + INTEREST.full]!);
      }
    }
  }

  /** Whether one of the clauses is of interest to a rule in `wanted`. */
  #isAny(clauses: readonly number[], wanted: Int32Array): boolean {
    const { starts } = this.#plan.interests;
    const last = starts.length - 1;
    for (let index = 0; index < clauses.length; index++) {
      const clause = clauses[index]!;
      if (clause >= last) continue;
      const end = starts[clause + 1]!;
      for (let number = starts[clause]!; number < end; number++) if (((wanted[number >> 5]! >>> (number & 31)) & 1) !== 0) return true;
    }
    return false;
  }

  #meet({ position, bit, full, test, negated }: Presence, subject: Subject): void {
    if (this.#learnt === null && (this.#found[position]! & bit) !== 0) return;
    if (test !== null && subject.text.length <= TESTED_BYTES && subject.holds(test) === negated) return;
    this.#find(position, bit, full);
  }

  #find(position: number, bit: number, full: number): void {
    if (this.#learnt !== null) this.#learnt.push(position, bit, full);
    else if ((this.#found[position]! |= bit) === full) this.bits[position >> 5]! |= 1 << (position & 31);
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
