import { Applications1763710000300 } from './migrations/1-applications.js';

export const applicationsMigrations = [Applications1763710000300];
