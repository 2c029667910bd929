import type { Operator } from './operator.js';

/** Matches no value. */
export const noMatch: Operator = { name: 'nomatch', argument: 'optional', compile: () => ({ test: () => false }) };
