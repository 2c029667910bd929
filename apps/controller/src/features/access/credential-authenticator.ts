import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import { Authenticator, type Principal } from '../../platform/http/principal.js';
import { accessConfig } from './access.config.js';
import { badCredential } from './access.errors.js';
import { CredentialRepository } from './credential.repository.js';
import { permissionsOf } from './held-permissions.js';
import { API_TOKEN_PREFIX, csrfTokenOf, hashSecret } from './secret-token.js';
import { SESSION_COOKIE } from './session-cookie.js';

/** Knows callers by the session cookie or by `Authorization: Bearer phx_…`. A bearer token goes first. */
@Injectable()
export class CredentialAuthenticator extends Authenticator {
  constructor(
    private readonly credentials: CredentialRepository,
    private readonly database: Database,
    @Inject(accessConfig.token) private readonly config: ConfigOf<typeof accessConfig>,
  ) {
    super();
  }

  async authenticate(request: FastifyRequest): Promise<Principal | null> {
    return this.judge(request, true);
  }

  async reauthenticate(request: FastifyRequest): Promise<Principal | null> {
    return this.judge(request, false);
  }

  private async judge(request: FastifyRequest, isUse: boolean): Promise<Principal | null> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.byToken(authorization, isUse);
    const cookie = request.cookies[SESSION_COOKIE];
    return cookie === undefined ? null : this.bySession(cookie, isUse);
  }

  private async byToken(authorization: string, isUse: boolean): Promise<Principal> {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (!secret?.startsWith(API_TOKEN_PREFIX)) throw badCredential();
    const token = await this.database.run(NO_TENANT, () => this.credentials.token(hashSecret(secret), isUse));
    if (!token) throw badCredential();
    return {
      kind: 'token',
      operatorId: token.operatorId,
      username: token.username,
      actor: `token:${token.id}`,
      credentialId: token.id,
      ...permissionsOf(token.bindings, token.allTenants, token),
      csrfToken: null,
    };
  }

  private async bySession(secret: string, isUse: boolean): Promise<Principal> {
    const idle = this.config.PHALANX_SESSION_IDLE_MINUTES;
    const session = await this.database.run(NO_TENANT, () => this.credentials.session(hashSecret(secret), idle, isUse));
    if (!session) throw badCredential();
    return {
      kind: 'operator',
      operatorId: session.operatorId,
      username: session.username,
      actor: `operator:${session.username}`,
      credentialId: session.id,
      ...permissionsOf(session.bindings, session.allTenants),
      csrfToken: csrfTokenOf(secret),
    };
  }
}
