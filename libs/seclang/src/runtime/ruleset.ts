import { digestOfTables } from '../artefact/codec.js';
import type { RulesetTables } from '../artefact/ruleset-tables.js';
import { LiteralScanner } from '../matching/literal-scanner.js';
import type { Settings } from '../model/settings.js';
import { bestFitMap } from '../transformations/unicode-best-fit.js';
import { KnownHeaders } from './known-headers.js';
import { KnownName } from './entry.js';
import { KnownTexts } from './known-texts.js';
import { PipelineTree } from './pipeline.js';
import { RuleSelector } from '../model/rule-selector.js';
import { Assignment } from './plan/assignment.js';
import { Candidates } from './plan/candidates.js';
import { PhasePlan, phaseSteps } from './plan/phase-plan.js';
import { Subject } from './subject.js';
import { TargetKeys } from './target-keys.js';
import { VariableSlots } from './transaction-variables.js';

/** Candidates kept for a phase: most requests need one at a time, those that pause keep theirs. */
const MAX_SPARE = 8;

/** Stands for phases 1 and 2 of a request without a body: nothing new comes between them, so its values are looked at once. */
export const BOTH_REQUEST_PHASES = 0;

/** A ruleset in memory, ready for transactions. Shared by all transactions of a process and never changed by them. */
export class Ruleset {
  /** SHA-256 (hex) of the byte form that was activated; `measureDigest` tells whether memory still holds that. */
  readonly digest: string;
  readonly ruleCount: number;
  readonly settings: Settings;
  readonly slots = new VariableSlots();
  readonly keys = new TargetKeys();
  readonly tree: PipelineTree;
  /** Values that came before, with what was found out about them under this ruleset. */
  readonly subjects = new KnownTexts((text, isKept) => new Subject(text, isKept));
  /** Names that came before, with what was found out about members of those names. */
  readonly names = new KnownTexts((text, isKept) => new KnownName(text, isKept));
  readonly headers = new KnownHeaders(this.names, this.subjects);
  readonly requestScanner: LiteralScanner;
  readonly responseScanner: LiteralScanner;
  readonly files: readonly string[];
  readonly #phases: readonly PhasePlan[];
  readonly #tables: RulesetTables;
  readonly #spare: readonly Candidates[][] = [[], [], [], [], [], []];

  /** `digest`: of the byte form that the tables were read from. */
  constructor(tables: RulesetTables, digest: string) {
    this.#tables = tables;
    this.settings = tables.settings;
    this.files = tables.files;
    this.ruleCount = tables.rules.length;
    const pairs = Object.entries(tables.settings.unicodeMap).map(([codePoint, byte]) => [Number(codePoint), byte] as const);
    this.tree = new PipelineTree({ unicodeMap: pairs.length > 0 ? new Map(pairs) : bestFitMap() });
    this.requestScanner = new LiteralScanner(tables.requestLiterals);
    this.responseScanner = new LiteralScanner(tables.responseLiterals);
    const bindings = { slots: this.slots, keys: this.keys, tree: this.tree, selector: new RuleSelector(tables.rules) };
    const steps = [1, 2, 3, 4, 5].map((phase) => phaseSteps(phase, tables, bindings));
    this.#phases = [[...steps[0]!, ...steps[1]!], ...steps].map(
      (own, phase) => new PhasePlan(own, tables, bindings, phase === BOTH_REQUEST_PHASES),
    );
    this.digest = digest;
  }

  /** What is done in a phase (1-5, or BOTH_REQUEST_PHASES). */
  plan(phase: number): PhasePlan {
    return this.#phases[phase]!;
  }

  /** Room for the candidates of a phase (as for `plan`), to be given back: what a request needs for a moment is not made anew for each. */
  takeCandidates(phase: number): Candidates {
    const isResponse = phase > 2;
    const scanner = isResponse ? this.responseScanner : this.requestScanner;
    return this.#spare[phase]!.pop() ?? new Candidates(this.plan(phase), { scanner, tree: this.tree, isResponse });
  }

  giveBack(phase: number, candidates: Candidates): void {
    if (this.#spare[phase]!.length < MAX_SPARE) this.#spare[phase]!.push(candidates);
  }

  /**
   * Makes the machines of all rules one after the other, which are otherwise made when they are first needed: a request that meets many
   * of them for the first time would take hundreds of times as long as the next. Yields after each, so that others have their turn.
   */
  *prepare(): Generator<void, void, void> {
    for (const { steps } of this.#phases.slice(1)) {
      for (const step of steps) {
        if (step instanceof Assignment) continue;
        for (const link of step.links) {
          link.prepare();
          yield;
        }
      }
    }
  }

  /** The digest of the tables as they are in memory now; differs from `digest` only if memory was changed. */
  measureDigest(): string {
    return digestOfTables(this.#tables);
  }
}
