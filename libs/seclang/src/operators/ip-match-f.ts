import { ipMatchFromFile } from './ip-match-from-file.js';
import type { Operator } from './operator.js';

/** Short name of ipMatchFromFile. */
export const ipMatchF: Operator = { ...ipMatchFromFile, name: 'ipmatchf' };
