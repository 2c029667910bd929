/**
 * Access: operators, their roles, sessions and API tokens; who is calling, and what it may do where.
 *
 * Owns the tables `operators`, `role_bindings`, `sessions`, `api_tokens`, `login_attempts`, the function `operator_bindings()`, the job
 * `access.forget-expired`, and the routes `/api/v1/session`, `/operators`, `/tokens`.
 * Invariants: passwords are argon2id, session cookies and tokens are stored as hashes; permissions are worked out anew at each request; nobody gives, takes
 * or outranks what it does not hold; one owner of all tenants can always sign in; an operator that is disabled or whose password changes has no session
 * left; failed sign-ins are counted in the database, alike for names that don't exist.
 * Callers: the platform, through `Authenticator`; `prepare` makes the first owner.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { accessConfig } from './access.config.js';
import { AccessModule } from './access.module.js';
import { FirstOwner } from './first-owner.js';
import { Access1763710000500 } from './migrations/1-access.js';

export const accessFeature: ControllerFeature = {
  name: 'access',
  module: AccessModule,
  migrations: [Access1763710000500],
  config: [accessConfig],
  prepare: FirstOwner,
};
