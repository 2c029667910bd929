import { rx } from './rx.js';
import type { Operator } from './operator.js';

/** Like rx; captures are those of the first match. */
export const rxGlobal: Operator = { ...rx, name: 'rxglobal' };
