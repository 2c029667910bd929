/**
 * SQL for migrations: the row-level security of a table with `tenant_id`. `app.tenants` and `app.provider` are set per
 * transaction (see `Database`). The owner is bound as well, so that a migration can't leak by accident.
 */

/** Visible tenants of the transaction; none when nothing was set. */
const TENANTS = `coalesce(nullif(current_setting('app.tenants', true), ''), '{}')::uuid[]`;
const IS_PROVIDER = `coalesce(current_setting('app.provider', true), '') = 'on'`;

export type RlsKind =
  /** `tenant_id` is never null. */
  | 'tenant'
  /** Rows without a tenant belong to the provider: only it sees and writes them. */
  | 'tenant-or-provider'
  /** Rows without a tenant are the provider's to write and everybody's to read. */
  | 'tenant-or-shared';

function condition(kind: RlsKind, column: string): { using: string; check: string } {
  const own = `${column} = any(${TENANTS})`;
  const provider = `(${column} is null and ${IS_PROVIDER})`;
  switch (kind) {
    case 'tenant':
      return { using: own, check: own };
    case 'tenant-or-provider':
      return { using: `(${own} or ${provider})`, check: `(${own} or ${provider})` };
    case 'tenant-or-shared':
      return { using: `(${own} or ${column} is null)`, check: `(${own} or ${provider})` };
  }
}

/** Statements that fence a table. `column` is `tenant_id` but for the table of tenants itself. */
export function fenceTable(table: string, kind: RlsKind = 'tenant', column = 'tenant_id'): string[] {
  const { using, check } = condition(kind, column);
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy tenant_read on ${table} for select using (${using})`,
    `create policy tenant_insert on ${table} for insert with check (${check})`,
    // A row that is only readable (shared) must not be changed by who may read it: both sides use the strict condition.
    `create policy tenant_update on ${table} for update using (${check}) with check (${check})`,
    `create policy tenant_delete on ${table} for delete using (${check})`,
  ];
}

/** Statements that let the application role use a table. Partitions get no grants of their own. */
export function grantTable(table: string, rights = 'select, insert, update, delete'): string[] {
  return [`grant ${rights} on ${table} to phalanx_app`];
}
