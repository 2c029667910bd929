import { Policies1763710000400 } from './migrations/1-policies.js';

export const policiesMigrations = [Policies1763710000400];
