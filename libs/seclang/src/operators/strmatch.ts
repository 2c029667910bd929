import { contains } from './contains.js';
import type { Operator } from './operator.js';

/** The argument occurs in the value; another name of contains. */
export const strmatch: Operator = { ...contains, name: 'strmatch' };
