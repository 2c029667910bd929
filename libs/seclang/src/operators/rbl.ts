import type { Operator } from './operator.js';

/** The value is an address on a DNS block list. Rules must not wait for DNS, so nothing is ever found. */
export const rbl: Operator = {
  name: 'rbl',
  argument: 'required',
  compile: () => ({ test: () => false }),
  note: '@rbl never matches: rules do not wait for DNS; use a network pattern list instead',
};
