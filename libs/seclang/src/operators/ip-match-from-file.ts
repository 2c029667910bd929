import { AddressSet } from './address-set.js';
import type { Operator } from './operator.js';
import { linesOf } from './phrases.js';

/** The value is an address in one of the networks that the named files list, one a line. */
export const ipMatchFromFile: Operator = {
  name: 'ipmatchfromfile',
  argument: 'file',
  compile(_argument, { text }) {
    const addresses = new AddressSet(linesOf(text).map((line) => line.replace(/[\t ]*#.*/, '')));
    return { test: (value) => addresses.has(value) };
  },
};
