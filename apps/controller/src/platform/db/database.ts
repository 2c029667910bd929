import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import { DataSource, type EntityManager } from 'typeorm';
import { type TenantScope } from './tenant-scope.js';

interface Ambient {
  readonly manager: EntityManager;
  scope: TenantScope;
  readonly afterCommit: (() => void | Promise<void>)[];
}

/** The array literal that `app.tenants` holds; ids come from parsed UUIDs only. */
function tenantArray(ids: readonly string[]): string {
  for (const id of ids) {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new AppError('bug', 'db.bad-tenant-id', 'a tenant id in a scope is no UUID');
  }
  return `{${ids.join(',')}}`;
}

/**
 * The only way to the data. All work happens inside `run`, in one transaction whose row-level security is set to a scope;
 * repositories take their manager from `em()`.
 *
 * - A request of the REST API already runs in one (see `RequestTransaction`), with the tenants in which its caller holds the
 *   route's permission. What it does commits together with its audit entry, its changes and its idempotency record, or not at all.
 * - `run` never nests into an outer transaction: it opens its own.
 */
@Injectable()
export class Database {
  private readonly ambient = new AsyncLocalStorage<Ambient>();

  constructor(private readonly source: DataSource) {}

  /** Runs work in a new transaction with the scope's rows visible, commits, then runs what `afterCommit` collected. */
  async run<T>(scope: TenantScope, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const afterCommit: Ambient['afterCommit'] = [];
    const result = await this.source.transaction(async (manager) => {
      await this.applyScope(manager, scope);
      return this.ambient.run({ manager, scope, afterCommit }, () => work(manager));
    });
    for (const action of afterCommit) await action();
    return result;
  }

  /** The transaction of the current call chain. */
  em(): EntityManager {
    return this.current().manager;
  }

  scope(): TenantScope {
    return this.current().scope;
  }

  /** Adds tenants to the running transaction: for a provider-wide caller that has just made one. */
  async widen(tenantIds: readonly string[]): Promise<void> {
    const ambient = this.current();
    if (!ambient.scope.provider) throw new AppError('bug', 'db.widen-refused', 'only the provider’s scope can be widened');
    ambient.scope = { ...ambient.scope, tenantIds: [...ambient.scope.tenantIds, ...tenantIds] };
    await this.applyScope(ambient.manager, ambient.scope);
  }

  isInTransaction(): boolean {
    return this.ambient.getStore() !== undefined;
  }

  /** Runs after the current transaction has committed, in order; never when it rolls back. It must not throw. */
  afterCommit(action: () => void | Promise<void>): void {
    this.current().afterCommit.push(action);
  }

  /** Ids of all tenants, through a function that only lists ids: for provider-wide callers and sweeps. */
  async allTenantIds(): Promise<string[]> {
    const rows: { id: string }[] = await this.source.query('select id from all_tenant_ids() as id');
    return rows.map((row) => row.id);
  }

  private current(): Ambient {
    const ambient = this.ambient.getStore();
    if (!ambient) throw new AppError('bug', 'db.no-transaction', 'data was asked for outside of a transaction');
    return ambient;
  }

  private async applyScope(manager: EntityManager, scope: TenantScope): Promise<void> {
    await manager.query(`select set_config('app.tenants', $1, true), set_config('app.provider', $2, true)`, [
      tenantArray(scope.tenantIds),
      scope.provider ? 'on' : 'off',
    ]);
  }
}
