import type { StepRecord } from '../model/step-record.js';
import { toInteger } from '../operators/integer.js';
import { knownText } from './known-macro.js';
import type { Known, KnownVariables } from './known-variables.js';
import { beginningOf } from './macro-texts.js';

type SetvarRecord = Extract<StepRecord, { kind: 'setvar' }>;

/** Follows what steps write. `certain`: they run, and once. */
export function applySteps(steps: readonly StepRecord[], known: KnownVariables, certain: boolean): void {
  for (const step of steps) {
    if (step.kind !== 'setvar' || step.collection !== 'TX') continue;
    const name = knownText(step.name, known);
    if (name === null) known.forget(beginningOf(step.name));
    else if (certain) known.set(name, written(step, name, known));
    else known.maySet(name, step.operation === 'set' || step.operation === 'unset' ? written(step, name, known) : null);
  }
}

/** The groups that a capturing operator may write. */
export function forgetCaptures(known: KnownVariables): void {
  for (let group = 0; group <= 9; group++) known.set(String(group), null);
}

/** The TX writes of steps that run once and are known beforehand, in order; null when there are other steps. Follows them in `known`. */
export function knownWrites(steps: readonly StepRecord[], known: KnownVariables): (readonly [string, string | null])[] | null {
  const writes: (readonly [string, string | null])[] = [];
  for (const step of steps) {
    if (step.kind !== 'setvar' || step.collection !== 'TX' || typeof step.name !== 'string') return null;
    const value = written(step, step.name, known);
    if (value === null) return null;
    known.set(step.name, value);
    writes.push([step.name, value ?? null]);
  }
  return writes;
}

function written({ operation, value }: SetvarRecord, name: string, known: KnownVariables): Known {
  if (operation === 'unset') return undefined;
  const text = knownText(value, known);
  if (operation === 'set' || text === null) return text;
  const before = known.get(name);
  if (before === null) return null;
  const sign = operation === 'add' ? 1 : -1;
  return String(toInteger(before ?? '0') + sign * toInteger(text));
}
