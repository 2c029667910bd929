import { AddressSet } from './address-set.js';
import type { Operator } from './operator.js';

/** The value is an address in one of the comma-separated networks. */
export const ipMatch: Operator = {
  name: 'ipmatch',
  argument: 'required',
  compile(argument) {
    const networks = argument.split(',').map((network) => network.trim());
    const addresses = new AddressSet(networks.filter((network) => network !== ''));
    return { test: (text) => addresses.has(text) };
  },
};
