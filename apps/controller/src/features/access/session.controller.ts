import { Controller, Inject } from '@nestjs/common';
import { loginSchema, sessionViewSchema } from '@phalanx/contracts';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { platformConfig } from '../../platform/platform.config.js';
import { SESSION_COOKIE, sessionCookieOptions } from './session-cookie.js';
import { SessionService } from './session.service.js';

const PATH = '/api/v1/session';
const SIGN_IN = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Signs in: sets the session cookie',
  permission: 'public',
  detached: true,
  body: loginSchema,
  answer: sessionViewSchema,
});
const SHOW = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Who is signed in, and what it may do',
  permission: 'session',
  detached: true,
  answer: sessionViewSchema,
});
const SIGN_OUT = endpoint({ method: 'DELETE', path: PATH, summary: 'Signs out: ends the session', permission: 'session', detached: true });

/** Routes of the caller's own session. */
@Controller()
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    @Inject(platformConfig.token) private readonly config: ConfigOf<typeof platformConfig>,
  ) {}

  @Route(SIGN_IN)
  async signIn(@Input() { body, request, reply }: InputOf<typeof SIGN_IN>) {
    const { secret, expiresAt, view } = await this.sessions.signIn(body.username, body.password, request.ip);
    void reply.setCookie(SESSION_COOKIE, secret, sessionCookieOptions(this.isSecure(request.protocol), expiresAt));
    return view;
  }

  @Route(SHOW)
  show(@Input() { principal }: InputOf<typeof SHOW>) {
    return this.sessions.describe(principal);
  }

  @Route(SIGN_OUT)
  async signOut(@Input() { principal, request, reply }: InputOf<typeof SIGN_OUT>) {
    await this.sessions.signOut(principal);
    void reply.clearCookie(SESSION_COOKIE, sessionCookieOptions(this.isSecure(request.protocol), new Date(0)));
  }

  /** A proxy in front may end TLS: then the public address says so. */
  private isSecure(protocol: string): boolean {
    return protocol === 'https' || (this.config.PHALANX_PUBLIC_URL?.startsWith('https:') ?? false);
  }
}
