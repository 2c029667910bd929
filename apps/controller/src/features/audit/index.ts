import { Audit1763710000600 } from './migrations/1-audit.js';

export const auditMigrations = [Audit1763710000600];
