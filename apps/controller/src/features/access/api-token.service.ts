import { Injectable } from '@nestjs/common';
import { type PageQuery, tokenCreateSchema, type TokenView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { toPage } from '../../platform/http/cursor.js';
import type { Principal } from '../../platform/http/principal.js';
import { beyondOwn, boundTenantNotFound } from './access.errors.js';
import type { ApiTokenEntity } from './api-token.entity.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { heldAnywhere, tenantsInReach } from './held-permissions.js';
import { API_TOKEN_PREFIX, mintSecret } from './secret-token.js';

const DAY_MS = 86_400_000;

/** API tokens of the caller. What one may do is cut again at each use by what its operator may do then. */
@Injectable()
export class ApiTokenService {
  constructor(
    private readonly tokens: ApiTokenRepository,
    private readonly audit: AuditTrail,
  ) {}

  async list(caller: Principal, page: PageQuery) {
    return toPage(await this.tokens.list(caller.operatorId, page), page.limit, viewOf, (row) => [row.name, row.id]);
  }

  /** The secret is in this answer and nowhere else. */
  async create(caller: Principal, request: z.output<typeof tokenCreateSchema>): Promise<{ token: TokenView; secret: string }> {
    // Else a stolen token would outlive its own expiry and revocation.
    if (caller.kind === 'token') throw new AppError('forbidden', 'access.token-by-token', 'sign in to make a token; a token can’t');
    const held = heldAnywhere(caller);
    if (!request.permissions.every((permission) => held.includes(permission))) throw beyondOwn();
    const reach = new Set(tenantsInReach(caller));
    if (!(request.tenantIds ?? []).every((id) => reach.has(id))) throw boundTenantNotFound();
    const { secret, hash } = mintSecret(API_TOKEN_PREFIX);
    const token = await this.tokens.add({
      operatorId: caller.operatorId,
      name: request.name,
      tokenHash: hash,
      permissions: [...new Set(request.permissions)],
      tenantIds: request.tenantIds && [...new Set(request.tenantIds)],
      expiresAt: new Date(Date.now() + request.expiresInDays * DAY_MS),
    });
    const { name, permissions, tenantIds, expiresAt } = viewOf(token);
    await this.record('token.create', token, { name, permissions, tenantIds, expiresAt });
    return { token: viewOf(token), secret };
  }

  async revoke(caller: Principal, id: string): Promise<void> {
    const token = await this.tokens.get(caller.operatorId, id);
    if (token.revokedAt) return;
    await this.tokens.revoke(id);
    await this.record('token.revoke', token, { name: token.name });
  }

  private record(action: string, token: ApiTokenEntity, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ tenantId: null, action, subject: `token:${token.id}`, details });
  }
}

function viewOf(token: ApiTokenEntity): TokenView {
  return {
    id: token.id,
    name: token.name,
    permissions: token.permissions,
    tenantIds: token.tenantIds,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
  };
}
