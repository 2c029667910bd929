import type { LiteralScanner } from '../matching/literal-scanner.js';
import type { OperatorTest } from '../operators/operator.js';
import { FEATURE, featuresOf } from '../transformations/byte-features.js';
import { lowercase } from '../transformations/lowercase.js';
import type { Transformation, TransformationContext } from '../transformations/transformation.js';
import { KnownAnswers } from './known-answers.js';
import type { PipelineNode, PipelineTree } from './pipeline.js';

/** What one transformation made of a subject. */
interface Outcome {
  readonly transformation: Transformation;
  readonly result: Subject;
}

/**
 * A value under inspection, with everything that was found out about it: its transformed forms and the literals in it.
 * Rules that look at the same value share one subject, so each form is made and scanned once per transaction.
 */
export class Subject {
  readonly text: string;
  /** For a subject that outlives its transaction; null for all others. */
  readonly answers: KnownAnswers | null;
  /** A value that holds this one: whom that doesn't concern, this one doesn't either. */
  readonly within: Subject | null;
  #features = -1;
  /** All different forms made from the subject that was asked. */
  #forms: Subject[] | null = null;
  #outcomes: Outcome[] | null = null;
  #requestClauses: readonly number[] | null = null;
  #responseClauses: readonly number[] | null = null;

  /** `within`: a value that holds this one. */
  constructor(text: string, isKept = false, within: Subject | null = null) {
    this.text = text;
    this.within = within;
    this.answers = isKept ? new KnownAnswers() : null;
  }

  /** The kinds of bytes in the text (FEATURE); 0 for the empty text. */
  get features(): number {
    if (this.#features < 0) this.#features = featuresOf(this.text);
    return this.#features;
  }

  /** The same for a long text that is to be scanned anyhow: the scan tells its kinds on the way. */
  featuresByScan(scanner: LiteralScanner, isResponse: boolean): number {
    if (this.#features < 0) this.clauses(scanner, isResponse);
    return this.#features;
  }

  /** This value after the transformations of `node`; this very subject when they change nothing. */
  variant(node: PipelineNode, tree: PipelineTree): Subject {
    const { path, triggers } = node;
    if (path.length === 0 || (triggers !== null && (this.features & triggers) === 0)) return this;
    let form = this.applied(path[0]!, tree.context, this);
    for (let at = 1; at < path.length; at++) form = form.applied(path[at]!, tree.context, this);
    return form;
  }

  /** What an operator says about the text; of a value that comes again and again it is remembered. */
  holds(test: OperatorTest): boolean {
    return this.answers === null ? test.test(this.text, null) : this.answers.holds(test, this.text);
  }

  /** The clauses of the request or response table that have a literal in this value. */
  clauses(scanner: LiteralScanner, isResponse: boolean): readonly number[] {
    if (isResponse) return (this.#responseClauses ??= this.#scan(scanner));
    return (this.#requestClauses ??= this.#scan(scanner));
  }

  /** This form of the value `root` after one transformation. Different pipelines come to the same form again and again: what was made of it is kept. */
  applied(transformation: Transformation, context: TransformationContext, root: Subject): Subject {
    if (transformation.triggers !== null && (this.features & transformation.triggers) === 0) return this;
    const outcomes = this.#outcomes;
    if (outcomes !== null)
      for (let at = 0; at < outcomes.length; at++) if (outcomes[at]!.transformation === transformation) return outcomes[at]!.result;
    const text = transformation.apply(this.text, context);
    const result = text === this.text ? this : root.#form(text);
    if (transformation === lowercase && result !== this) result.#takeOver(this);
    if (outcomes === null) this.#outcomes = [{ transformation, result }];
    else outcomes.push({ transformation, result });
    return result;
  }

  /** What is known of the text that this one is in lower case: literals are found in either case. */
  #takeOver(text: Subject): void {
    if (this.#features < 0 && text.#features >= 0) this.#features = (text.#features & ~FEATURE.upper) | FEATURE.lower;
    this.#requestClauses ??= text.#requestClauses;
    this.#responseClauses ??= text.#responseClauses;
  }

  #scan(scanner: LiteralScanner): readonly number[] {
    const found = scanner.scan(this.text);
    this.#features = scanner.features;
    return found;
  }

  /** Different pipelines often end in the same text; its scan is then shared too. */
  #form(text: string): Subject {
    if (text === this.text) return this;
    const forms = this.#forms;
    if (forms !== null) for (let at = 0; at < forms.length; at++) if (forms[at]!.text === text) return forms[at]!;
    const made = new Subject(text, this.answers !== null);
    if (forms === null) this.#forms = [made];
    else forms.push(made);
    return made;
  }
}
