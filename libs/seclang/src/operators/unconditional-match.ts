import type { Operator } from './operator.js';

/** Matches every value. */
export const unconditionalMatch: Operator = { name: 'unconditionalmatch', argument: 'optional', compile: () => ({ test: () => true }) };
