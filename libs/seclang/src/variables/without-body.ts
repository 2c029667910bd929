import { multipartVariables } from './multipart.js';
import { requestBodyVariables } from './request-body.js';

/** Variables that say the same in all transactions as long as no body has come. */
const RESTING: ReadonlySet<string> = new Set([
  ...[...requestBodyVariables, ...multipartVariables].filter(({ isFixed }) => isFixed).map(({ name }) => name),
  ...['ARGS_POST', 'ARGS_POST_NAMES', 'XML'],
]);

/** Variables that have the members of another one as long as no body has come. */
const ALIKE: ReadonlyMap<string, string> = new Map([
  ['ARGS_GET', 'ARGS'],
  ['ARGS_GET_NAMES', 'ARGS_NAMES'],
]);

/** Whether a variable says the same in all transactions as long as no body has come. */
export function restsWithoutBody(name: string): boolean {
  return RESTING.has(name);
}

/** The name of the variable that has the same members as long as no body has come: that variable itself for most. */
export function sameWithoutBody(name: string): string {
  return ALIKE.get(name) ?? name;
}
