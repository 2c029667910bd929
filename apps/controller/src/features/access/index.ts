import { Access1763710000500 } from './migrations/1-access.js';

export const accessMigrations = [Access1763710000500];
