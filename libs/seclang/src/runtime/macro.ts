import type { MacroText } from '../model/macro-text.js';
import { findVariable } from '../variables/registry.js';
import type { Variable } from '../variables/variable.js';
import type { TransactionState } from './transaction-state.js';
import type { VariableSlots } from './transaction-variables.js';

interface Reference {
  /** Slot of a TX variable, or -1. */
  readonly slot: number;
  readonly variable: Variable;
  readonly selector: string;
}

/** A text with its macros bound to variables. */
export class Macro {
  /** The text where it holds no macros, else null. */
  readonly constant: string | null;
  /** The text as written. */
  readonly source: string;
  readonly #parts: readonly (string | Reference)[];

  constructor(text: MacroText, slots: VariableSlots) {
    this.constant = typeof text === 'string' ? text : null;
    this.source = sourceOf(text);
    this.#parts = typeof text === 'string' ? [text] : text.map((part) => (typeof part === 'string' ? part : bind(part[0], part[1], slots)));
  }

  expand(state: TransactionState): string {
    return this.constant ?? this.expandUpTo(Infinity, state);
  }

  /** The beginning of the text, up to so many bytes: long values are not joined whole only to be cut. */
  expandUpTo(limitBytes: number, state: TransactionState): string {
    let out = '';
    const parts = this.#parts;
    for (let at = 0; at < parts.length && out.length < limitBytes; at++) {
      const part = parts[at]!;
      const value = typeof part === 'string' ? part : valueOf(part, state);
      out += value.length > limitBytes - out.length ? value.slice(0, limitBytes - out.length) : value;
    }
    return out;
  }
}

function bind(name: string, selector: string, slots: VariableSlots): Reference {
  const variable = findVariable(name);
  if (variable === undefined) throw new TypeError(`no variable ${name}`);
  return { slot: name === 'TX' && selector !== '' ? slots.slot(selector) : -1, variable, selector };
}

function valueOf({ slot, variable, selector }: Reference, state: TransactionState): string {
  if (slot >= 0) return state.tx.at(slot) ?? '';
  for (const entry of variable.entries(state)) if (selector === '' || entry.key === selector) return entry.text;
  return '';
}

function sourceOf(text: MacroText): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : `%{${part[0]}${part[1] === '' ? '' : `.${part[1]}`}}`)).join('');
}
