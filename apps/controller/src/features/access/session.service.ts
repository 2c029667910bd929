import { Inject, Injectable } from '@nestjs/common';
import type { SessionView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { PROVIDER_ONLY, type TenantScope } from '../../platform/db/tenant-scope.js';
import type { Principal } from '../../platform/http/principal.js';
import { accessConfig } from './access.config.js';
import { badLogin } from './access.errors.js';
import { heldAnywhere, permissionsOf, tenantsInReach } from './held-permissions.js';
import { LoginThrottle } from './login-throttle.js';
import type { OperatorEntity } from './operator.entity.js';
import { verifyPassword } from './password.js';
import { csrfTokenOf, mintSecret } from './secret-token.js';
import { SessionDirectory } from './session-directory.repository.js';

interface SignedIn {
  readonly secret: string;
  readonly expiresAt: Date;
  readonly view: SessionView;
}

/** Signing in and out, and telling who is signed in. Opens its own transactions: who signs in has no scope yet. */
@Injectable()
export class SessionService {
  constructor(
    private readonly directory: SessionDirectory,
    private readonly throttle: LoginThrottle,
    private readonly database: Database,
    private readonly audit: AuditTrail,
    @Inject(accessConfig.token) private readonly config: ConfigOf<typeof accessConfig>,
  ) {}

  /** Throws `unauthenticated` with code `access.bad-login`, alike for a wrong name and a wrong password, and `limit` when throttled. */
  async signIn(username: string, password: string, address: string): Promise<SignedIn> {
    await this.throttle.admit(username, address);
    const operator = await this.database.run(PROVIDER_ONLY, () => this.directory.operators.findByUsername(username));
    const isRight = await verifyPassword(operator?.passwordHash ?? null, password);
    if (!operator || !isRight || operator.disabled) {
      await this.audit.recordApart({
        tenantId: null,
        actor: 'system',
        action: 'session.create',
        subject: operator ? `operator:${operator.id}` : 'operator:unknown',
        outcome: 'refused',
        details: { address, ...(operator?.disabled ? { reason: 'disabled' } : {}) },
      });
      throw badLogin();
    }
    return this.database.run(PROVIDER_ONLY, () => this.open(operator, address));
  }

  /** Throws `invalid` for a token, which has no session. */
  async signOut(principal: Principal): Promise<void> {
    if (principal.kind === 'token') throw new AppError('invalid', 'access.no-session', 'a token has no session to end; revoke it instead');
    await this.database.run(PROVIDER_ONLY, async () => {
      await this.directory.sessions.remove(principal.credentialId);
      await this.audit.record({ tenantId: null, action: 'session.end', subject: `operator:${principal.operatorId}` });
    });
  }

  async describe(principal: Principal): Promise<SessionView> {
    const scope: TenantScope = { tenantIds: tenantsInReach(principal), provider: false };
    return this.database.run(scope, () => this.viewOf(principal));
  }

  private async open(operator: OperatorEntity, address: string): Promise<SignedIn> {
    const { secret, hash } = mintSecret('');
    const expiresAt = new Date(Date.now() + this.config.PHALANX_SESSION_MINUTES * 60_000);
    const credentialId = await this.directory.sessions.add({ operatorId: operator.id, tokenHash: hash, expiresAt });
    await this.directory.operators.markLogin(operator.id);
    await this.throttle.succeeded(operator.username, address);
    const bindings = await this.directory.operators.allBindings(operator.id);
    const allTenants = await this.database.allTenantIds();
    const actor = `operator:${operator.username}`;
    await this.audit.record({ tenantId: null, actor, action: 'session.create', subject: `operator:${operator.id}`, details: { address } });
    await this.database.widen(allTenants);
    const view = await this.viewOf({
      kind: 'operator',
      operatorId: operator.id,
      username: operator.username,
      actor,
      credentialId,
      ...permissionsOf(bindings, allTenants),
      csrfToken: csrfTokenOf(secret),
    });
    return { secret, expiresAt, view };
  }

  private async viewOf(principal: Principal): Promise<SessionView> {
    const { displayName, expiresAt } = await this.directory.describe(principal);
    return {
      operatorId: principal.operatorId,
      username: principal.username,
      displayName,
      bindings: await this.directory.operators.allBindings(principal.operatorId),
      permissions: heldAnywhere(principal),
      tenants: await this.directory.tenants(tenantsInReach(principal)),
      expiresAt: expiresAt.toISOString(),
      csrfToken: principal.csrfToken,
    };
  }
}
