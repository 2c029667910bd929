import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PageQuery } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import { pageByText } from '../../platform/db/keyset.js';
import { ApiTokenEntity } from './api-token.entity.js';
import { tokenNotFound } from './access.errors.js';

/** Rows of `api_tokens`, each seen by its own operator only. */
@Injectable()
export class ApiTokenRepository {
  constructor(private readonly database: Database) {}

  list(operatorId: string, page: PageQuery): Promise<ApiTokenEntity[]> {
    const query = this.database.em().createQueryBuilder(ApiTokenEntity, 'token').where('token.operator_id = :operatorId', { operatorId });
    return pageByText(query, 'token.name', page);
  }

  async get(operatorId: string, id: string): Promise<ApiTokenEntity> {
    const token = await this.database.em().findOneBy(ApiTokenEntity, { id, operatorId });
    if (!token) throw tokenNotFound();
    return token;
  }

  async add(
    values: Pick<ApiTokenEntity, 'operatorId' | 'name' | 'tokenHash' | 'permissions' | 'tenantIds' | 'expiresAt'>,
  ): Promise<ApiTokenEntity> {
    const id = randomUUID();
    await this.database.em().insert(ApiTokenEntity, { id, ...values });
    return this.get(values.operatorId, id);
  }

  async revoke(id: string): Promise<void> {
    await this.database.em().update(ApiTokenEntity, { id }, { revokedAt: new Date() });
  }
}
