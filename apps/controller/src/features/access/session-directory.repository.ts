import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import type { Principal } from '../../platform/http/principal.js';
import { badCredential } from './access.errors.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { OperatorRepository } from './operator.repository.js';
import { SessionRepository } from './session.repository.js';

/** What the description of a session is put together from. */
@Injectable()
export class SessionDirectory {
  constructor(
    readonly operators: OperatorRepository,
    readonly sessions: SessionRepository,
    private readonly tokens: ApiTokenRepository,
    private readonly database: Database,
  ) {}

  async describe({ kind, operatorId, credentialId }: Principal): Promise<{ displayName: string; expiresAt: Date }> {
    const operator = await this.operators.find(operatorId);
    const credential = kind === 'token' ? await this.tokens.get(operatorId, credentialId) : await this.sessions.find(credentialId);
    // Ended between the check of the credential and this.
    if (!operator || !credential) throw badCredential();
    return { displayName: operator.displayName, expiresAt: credential.expiresAt };
  }

  /** Names of tenants, of those in scope. */
  tenants(ids: readonly string[]): Promise<{ id: string; name: string; slug: string }[]> {
    return this.database.em().query('select id, name, slug from tenants where id = any($1::uuid[]) order by name, id', [ids]);
  }
}
