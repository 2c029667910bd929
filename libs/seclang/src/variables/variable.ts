import { Entry } from '../runtime/entry.js';
import { Subject } from '../runtime/subject.js';
import type { TransactionState } from '../runtime/transaction-state.js';

/** A variable of the language. */
export interface Variable {
  /** Upper-case name. */
  readonly name: string;
  readonly shape: 'scalar' | 'collection';
  /** Fixed variables only change when a new part of the transaction arrives, so what was found for them can be kept. */
  readonly isFixed: boolean;
  /** Whether the variable says nothing without a selector (RULE, ENV). */
  readonly isSelectorRequired: boolean;
  /** Reads the one value of a variable that is the same in most transactions; null for all other variables. */
  readonly steadyText: ((state: TransactionState) => string) | null;
  entries(state: TransactionState): readonly Entry[];
}

/** A variable with one value that stays as it is. */
export function fixedScalar(name: string, read: (state: TransactionState) => string): Variable {
  return scalarOf(name, true, read);
}

/** A variable with one value that stays as it is, of which more may be known than its text. */
export function fixedSubject(name: string, read: (state: TransactionState) => Subject): Variable {
  const entries = (state: TransactionState): readonly Entry[] => [new Entry('', read(state))];
  return { name, shape: 'scalar', isFixed: true, isSelectorRequired: false, steadyText: null, entries };
}

/** A fixed variable with one value that is the same in most transactions. */
export function steadyScalar(name: string, read: (state: TransactionState) => string): Variable {
  return { ...scalarOf(name, true, read), steadyText: read };
}

/** A variable with one value that may differ from rule to rule. */
export function volatileScalar(name: string, read: (state: TransactionState) => string | null): Variable {
  return scalarOf(name, false, read);
}

/** A collection that stays as it is. */
export function fixedCollection(name: string, entries: (state: TransactionState) => readonly Entry[]): Variable {
  return { name, shape: 'collection', isFixed: true, isSelectorRequired: false, steadyText: null, entries };
}

/** A collection that rules change. */
export function volatileCollection(
  name: string,
  entries: (state: TransactionState) => readonly Entry[],
  isSelectorRequired = false,
): Variable {
  return { name, shape: 'collection', isFixed: false, isSelectorRequired, steadyText: null, entries };
}

/** The names of a collection's members as values. */
export function namesOf(entries: readonly Entry[]): Entry[] {
  const names = new Array<Entry>(entries.length);
  for (let at = 0; at < entries.length; at++) {
    const { known } = entries[at]!;
    names[at] = known.asValue ??= new Entry(known, new Subject(known.text, known.isKept));
  }
  return names;
}

const NO_ENTRIES: readonly Entry[] = [];

function scalarOf(name: string, isFixed: boolean, read: (state: TransactionState) => string | null): Variable {
  const entries = (state: TransactionState): readonly Entry[] => {
    const value = read(state);
    return value === null ? NO_ENTRIES : [new Entry('', state.scalar(value))];
  };
  return { name, shape: 'scalar', isFixed, isSelectorRequired: false, steadyText: null, entries };
}
