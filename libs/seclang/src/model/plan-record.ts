/** Values that rules which always match give to TX variables; `undefined` unsets. `rule` is the index of the first such rule. */
export interface AssignmentRecord {
  readonly rule: number;
  readonly assign: readonly (readonly [name: string, value: string | null])[];
}

/** One thing to do in a phase: the rule of that index is tried, or values known beforehand are assigned. */
export type PlanItem = { readonly rule: number } | AssignmentRecord;

/** What is left to do in each phase (index 0-5) once everything was decided that doesn't depend on the request. */
export type PlanRecord = readonly (readonly PlanItem[])[];
