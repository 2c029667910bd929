import type { Operator } from './operator.js';

/** The value is the argument, byte for byte. */
export const streq: Operator = { name: 'streq', argument: 'required', compile: (argument) => ({ test: (text) => text === argument }) };
