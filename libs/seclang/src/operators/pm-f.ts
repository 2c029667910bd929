import type { Operator } from './operator.js';
import { pmFromFile } from './pm-from-file.js';

/** Short name of pmFromFile. */
export const pmF: Operator = { ...pmFromFile, name: 'pmf' };
