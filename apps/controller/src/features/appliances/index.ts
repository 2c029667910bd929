import { Appliances1763710000200 } from './migrations/1-appliances.js';

export const appliancesMigrations = [Appliances1763710000200];
