import type { PatternRecord } from '../model/pattern-record.js';
import type { Clause } from '../pattern/required-literals.js';

/** Where an operator that captures puts group 0 and the groups. */
export type CaptureList = (string | undefined)[];

/** A compiled operator with its argument. Keeps no state between calls. */
export interface OperatorTest {
  /** Whether the value matches; captures are pushed when a list is given. */
  test(text: string, captures: CaptureList | null): boolean;
  /** Makes what is otherwise made when it is first needed, as for `test` with or without a list of captures. */
  prepare?(captures: boolean): void;
}

/** What an operator is made from beside its argument. */
interface OperatorResources {
  /** Content of the files that the argument names, for `…FromFile` operators. */
  readonly text: string;
  /** The translated pattern, where the compiler has done it already. */
  readonly pattern: PatternRecord | null;
}

/** One `@word`. */
export interface Operator {
  readonly name: string;
  readonly argument: 'required' | 'optional' | 'file';
  /** Makes the test. Throws RuleProblem for an argument that can't be. */
  compile(argument: string, resources: OperatorResources): OperatorTest;
  /** Literals without which a value can't match. */
  clauses?(argument: string, resources: OperatorResources): readonly Clause[];
  /** Kinds of bytes (FEATURE) of which every value that matches has at least one. */
  features?(argument: string): number;
  /** The pattern in the argument, for operators that have one. */
  pattern?(argument: string): string;
  /** Whether something is captured whenever it matches. */
  readonly captures?: true;
  /** A limit that a pack's load report should name. */
  readonly note?: string;
}
