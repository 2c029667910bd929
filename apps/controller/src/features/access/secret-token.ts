import { createHmac, randomBytes } from 'node:crypto';
import { sha256Hex } from '@phalanx/kit';

export const API_TOKEN_PREFIX = 'phx_';

/** A session's cookie or, with the prefix, an API token: 256 random bits. */
export function mintSecret(prefix: '' | typeof API_TOKEN_PREFIX): { readonly secret: string; readonly hash: string } {
  const secret = prefix + randomBytes(32).toString('base64url');
  return { secret, hash: hashSecret(secret) };
}

/** What is stored of it. The secret has full entropy, so a plain hash is enough. */
export function hashSecret(secret: string): string {
  return sha256Hex(secret);
}

/** The session's CSRF token: derived from the cookie, which scripts can't read, so it needs no storage and survives a page reload. */
export function csrfTokenOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('csrf').digest('base64url');
}
