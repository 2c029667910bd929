import type { Envelope } from '../crypto/envelope.js';

export const APP_ROLE = 'phalanx_app';

/** Connection string of the application role: the owner's with the role's own name and a password derived from the master key. */
export function appRoleUrl(ownerUrl: string, envelope: Envelope): string {
  const url = new URL(ownerUrl);
  url.username = APP_ROLE;
  url.password = appRolePassword(envelope);
  return url.toString();
}

export function appRolePassword(envelope: Envelope): string {
  return envelope.derive('database-app-role').toString('hex');
}
