import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PageQuery } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { In } from 'typeorm';
import { explainConstraints } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { pageByText } from '../../platform/db/keyset.js';
import { lockRevision } from '../../platform/db/revisioned.js';
import { boundTenantNotFound, operatorNotFound } from './access.errors.js';
import type { Binding } from './held-permissions.js';
import { OperatorEntity } from './operator.entity.js';
import { RoleBindingEntity } from './role-binding.entity.js';

export type OperatorFields = Pick<OperatorEntity, 'displayName' | 'passwordHash' | 'disabled'>;

/** Bound to a tenant in scope (the fence of `role_bindings` decides), or everybody for the provider. */
const IN_SCOPE = `exists (select from role_bindings b where b.operator_id = operator.id) or current_setting('app.provider', true) = 'on'`;

/** Rows of `operators` and `role_bindings`. */
@Injectable()
export class OperatorRepository {
  constructor(private readonly database: Database) {}

  list(page: PageQuery): Promise<OperatorEntity[]> {
    return pageByText(this.database.em().createQueryBuilder(OperatorEntity, 'operator').where(`(${IN_SCOPE})`), 'operator.username', page);
  }

  async get(id: string): Promise<OperatorEntity> {
    const operator = await this.database
      .em()
      .createQueryBuilder(OperatorEntity, 'operator')
      .where(`operator.id = :id and (${IN_SCOPE})`, { id })
      .getOne();
    if (!operator) throw operatorNotFound();
    return operator;
  }

  /** Whatever the scope: for sign-in, which has none yet. */
  findByUsername(username: string): Promise<OperatorEntity | null> {
    return this.database.em().findOneBy(OperatorEntity, { username });
  }

  find(id: string): Promise<OperatorEntity | null> {
    return this.database.em().findOneBy(OperatorEntity, { id });
  }

  async add(values: Pick<OperatorEntity, 'username' | 'displayName' | 'passwordHash'>): Promise<string> {
    const id = randomUUID();
    await explainConstraints(
      {
        operators_username_key: (cause: unknown) =>
          new AppError('conflict', 'access.username-taken', 'another operator has this user name', { cause }),
      },
      () => this.database.em().insert(OperatorEntity, { id, ...values }),
    );
    return id;
  }

  async change(id: string, revision: number, fields: Partial<OperatorFields>): Promise<void> {
    await this.get(id);
    const em = this.database.em();
    const operator = await lockRevision(em, OperatorEntity, id, revision, operatorNotFound);
    await em.update(OperatorEntity, { id }, { ...fields, revision: operator.revision + 1 });
  }

  async markLogin(id: string): Promise<void> {
    await this.database.em().update(OperatorEntity, { id }, { lastLoginAt: new Date() });
  }

  /** Bindings in scope, of each of the operators. */
  async bindingsInScope(operatorIds: readonly string[]): Promise<ReadonlyMap<string, readonly Binding[]>> {
    const rows = await this.database.em().find(RoleBindingEntity, {
      where: { operatorId: In([...operatorIds]) },
      order: { role: 'ASC', tenantId: 'ASC' },
    });
    return Map.groupBy(rows, (row) => row.operatorId);
  }

  /** All bindings of one operator, whatever the scope. */
  async allBindings(operatorId: string): Promise<Binding[]> {
    return this.database.em().query<Binding[]>('select role, tenant_id as "tenantId" from operator_bindings($1)', [operatorId]);
  }

  /** Writes bindings anew, as far as they are in scope. */
  async replaceBindings(operatorId: string, bindings: readonly Binding[]): Promise<void> {
    const em = this.database.em();
    await em.delete(RoleBindingEntity, { operatorId });
    if (bindings.length === 0) return;
    const tenantIds = new Set(bindings.flatMap(({ tenantId }) => tenantId ?? []));
    const known = await em.query<unknown[]>('select from tenants where id = any($1::uuid[])', [[...tenantIds]]);
    if (known.length < tenantIds.size) throw boundTenantNotFound();
    await em.insert(
      RoleBindingEntity,
      bindings.map(({ role, tenantId }) => ({ id: randomUUID(), operatorId, role, tenantId })),
    );
  }

  /** Owners of all tenants that can sign in. In a scope of the provider. Others that change this wait until the transaction ends. */
  async countOwners(): Promise<number> {
    const em = this.database.em();
    await em.query(`select pg_advisory_xact_lock(hashtextextended('access.owners', 0))`);
    const [row] = await em.query<{ count: string }[]>(
      `select count(*) from role_bindings b join operators o on o.id = b.operator_id
        where b.role = 'owner' and b.tenant_id is null and not o.disabled`,
    );
    return Number(row!.count);
  }

  async isAnybodyThere(): Promise<boolean> {
    return this.database.em().exists(OperatorEntity);
  }
}
