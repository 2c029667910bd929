import type { CookieSerializeOptions } from '@fastify/cookie';

export const SESSION_COOKIE = 'phalanx_session';

/** No script reads it, no other site sends it; over TLS it never goes in the clear. */
export function sessionCookieOptions(isSecure: boolean, expires: Date): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure, expires };
}
