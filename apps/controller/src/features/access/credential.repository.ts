import { Injectable } from '@nestjs/common';
import type { Permission } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import type { Binding } from './held-permissions.js';

/** A session or token that is good now, with all that decides what it may do. */
export interface Credential {
  readonly id: string;
  readonly operatorId: string;
  readonly username: string;
  readonly bindings: readonly Binding[];
  readonly allTenants: readonly string[];
  /** True when its last use is due to be written. */
  readonly isStale: boolean;
}
export interface TokenCredential extends Credential {
  readonly permissions: readonly Permission[];
  readonly tenantIds: readonly string[] | null;
}

const OPERATOR = `o.id as "operatorId", o.username,
  coalesce((select json_agg(json_build_object('role', b.role, 'tenantId', b.tenant_id)) from operator_bindings(o.id) b), '[]') as bindings,
  coalesce((select json_agg(t) from all_tenant_ids() t), '[]') as "allTenants"`;

/** Looks credentials up by their hash, in one statement each: this runs before every request. With `isUse` it counts as use. */
@Injectable()
export class CredentialRepository {
  constructor(private readonly database: Database) {}

  async session(tokenHash: string, idleMinutes: number, isUse: boolean): Promise<Credential | null> {
    const [row] = await this.database.em().query<Credential[]>(
      `select s.id, ${OPERATOR}, s.last_used_at < now() - interval '1 minute' as "isStale"
         from sessions s join operators o on o.id = s.operator_id
        where s.token_hash = $1 and not o.disabled
          and s.expires_at > now() and s.last_used_at > now() - $2 * interval '1 minute'`,
      [tokenHash, idleMinutes],
    );
    if (isUse && row?.isStale) await this.database.em().query('update sessions set last_used_at = now() where id = $1', [row.id]);
    return row ?? null;
  }

  async token(tokenHash: string, isUse: boolean): Promise<TokenCredential | null> {
    const [row] = await this.database.em().query<TokenCredential[]>(
      `select t.id, ${OPERATOR}, t.permissions, t.tenant_ids as "tenantIds",
              coalesce(t.last_used_at < now() - interval '1 minute', true) as "isStale"
         from api_tokens t join operators o on o.id = t.operator_id
        where t.token_hash = $1 and not o.disabled and t.revoked_at is null and t.expires_at > now()`,
      [tokenHash],
    );
    if (isUse && row?.isStale) await this.database.em().query('update api_tokens set last_used_at = now() where id = $1', [row.id]);
    return row ?? null;
  }
}
