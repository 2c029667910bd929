import type { OperatorTest } from '../../operators/operator.js';

/** What a link without clauses waits for: a value, which has to pass `test` where there is one. */
export interface Presence {
  readonly position: number;
  readonly bit: number;
  readonly full: number;
  readonly test: OperatorTest | null;
  readonly negated: boolean;
}
