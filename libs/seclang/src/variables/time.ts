import type { TransactionState } from '../runtime/transaction-state.js';
import { volatileScalar, type Variable } from './variable.js';

const dateOf = (state: TransactionState): Date => new Date(state.origin.now());
const two = (value: number): string => String(value).padStart(2, '0');

/** The box's local time at the moment of asking. TIME_MON counts from 0, as the language has it. */
export const timeVariables: readonly Variable[] = [
  volatileScalar('TIME', (state) => {
    const date = dateOf(state);
    return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  }),
  volatileScalar('TIME_DAY', (state) => String(dateOf(state).getDate())),
  volatileScalar('TIME_EPOCH', (state) => String(Math.floor(state.origin.now() / 1000))),
  volatileScalar('TIME_HOUR', (state) => String(dateOf(state).getHours())),
  volatileScalar('TIME_MIN', (state) => String(dateOf(state).getMinutes())),
  volatileScalar('TIME_MON', (state) => String(dateOf(state).getMonth())),
  volatileScalar('TIME_SEC', (state) => String(dateOf(state).getSeconds())),
  volatileScalar('TIME_WDAY', (state) => String(dateOf(state).getDay())),
  volatileScalar('TIME_YEAR', (state) => String(dateOf(state).getFullYear())),
];
