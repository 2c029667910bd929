/**
 * Secrets: TLS certificates of applications, for the engine. Owns the engine's folder `secrets/` and the channel `secret`.
 *
 * - A secret comes sealed to this box's key and is opened nowhere else; its file is for the owner alone (0600).
 * - Files that no policy names any more are removed.
 *
 * `reconcile` calls `ensure` before it loads a policy.
 */
export { Secrets } from './secrets.js';
