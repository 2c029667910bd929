import { Injectable } from '@nestjs/common';
import { type OperatorView, operatorCreateSchema, operatorPatchSchema, type PageQuery } from '@phalanx/contracts';
import { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Database } from '../../platform/db/database.js';
import { PROVIDER_ONLY } from '../../platform/db/tenant-scope.js';
import { toPage } from '../../platform/http/cursor.js';
import type { Principal } from '../../platform/http/principal.js';
import { beyondOwn, lastOwner } from './access.errors.js';
import { type Binding, outranks } from './held-permissions.js';
import type { OperatorEntity } from './operator.entity.js';
import { type OperatorFields, OperatorRepository } from './operator.repository.js';
import { hashPassword } from './password.js';
import { SessionRepository } from './session.repository.js';

type OperatorCreate = z.output<typeof operatorCreateSchema>;
type OperatorPatch = z.output<typeof operatorPatchSchema>;

/**
 * People who sign in. A caller gives and takes only what it holds itself, and changes the account only of operators whose every binding it
 * outranks; bindings out of its sight stay as they are.
 */
@Injectable()
export class OperatorService {
  constructor(
    private readonly operators: OperatorRepository,
    private readonly sessions: SessionRepository,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  async list(page: PageQuery) {
    const rows = await this.operators.list(page);
    const bindings = await this.operators.bindingsInScope(rows.map((row) => row.id));
    return toPage(
      rows,
      page.limit,
      (row) => viewOf(row, bindings.get(row.id) ?? []),
      (row) => [row.username, row.id],
    );
  }

  async get(id: string): Promise<OperatorView> {
    const operator = await this.operators.get(id);
    return viewOf(operator, (await this.operators.bindingsInScope([id])).get(id) ?? []);
  }

  async create(caller: Principal, { password, bindings, ...values }: OperatorCreate): Promise<OperatorView> {
    assertOutranks(caller, bindings);
    // An operator without bindings would be out of the sight of a caller that is not the provider's.
    if (bindings.length === 0 && !caller.providerWide.has('access:write')) throw beyondOwn();
    const id = await this.operators.add({ ...values, passwordHash: await hashPassword(password) });
    await this.operators.replaceBindings(id, distinct(bindings));
    await this.record('operator.create', id, bindings, { username: values.username, bindings });
    return this.get(id);
  }

  async change(caller: Principal, id: string, revision: number, patch: OperatorPatch): Promise<OperatorView> {
    const before = await this.get(id);
    const { bindings, password, ...account } = patch;
    if (bindings) assertOutranks(caller, [...before.bindings, ...bindings]);
    if (password !== undefined || Object.keys(account).length > 0) assertOutranks(caller, await this.operators.allBindings(id));
    const fields: Partial<OperatorFields> = {
      ...(account.displayName === undefined ? {} : { displayName: account.displayName }),
      ...(account.disabled === undefined ? {} : { disabled: account.disabled }),
      ...(password === undefined ? {} : { passwordHash: await hashPassword(password) }),
    };
    await this.operators.change(id, revision, fields);
    if (bindings) await this.operators.replaceBindings(id, distinct(bindings));
    if (account.disabled || password !== undefined) await this.sessions.removeOf(id);
    if (this.database.scope().provider && (await this.operators.countOwners()) === 0) throw lastOwner();
    const details = { ...account, ...(bindings ? { bindings } : {}), ...(password === undefined ? {} : { password: 'changed' }) };
    await this.record('operator.change', id, [...before.bindings, ...(bindings ?? [])], details);
    // Not `get`: who has just lost its last binding here is out of sight, but the answer is still owed.
    const after = await this.operators.find(id);
    return viewOf(after!, (await this.operators.bindingsInScope([id])).get(id) ?? []);
  }

  /** Makes the first operator, an owner of all tenants. Does nothing, and says false, when there is any operator. */
  async ensureFirstOwner(username: string, password: string): Promise<boolean> {
    return this.database.run(PROVIDER_ONLY, async () => {
      if ((await this.operators.countOwners()) > 0 || (await this.operators.isAnybodyThere())) return false;
      const id = await this.operators.add({ username, displayName: username, passwordHash: await hashPassword(password) });
      await this.operators.replaceBindings(id, [{ role: 'owner', tenantId: null }]);
      await this.audit.record({
        tenantId: null,
        actor: 'system',
        action: 'operator.create',
        subject: `operator:${id}`,
        details: { username },
      });
      return true;
    });
  }

  /** Of the one tenant that is concerned, where it is one; else the provider's. */
  private record(action: string, id: string, concerned: readonly Binding[], details: Readonly<Record<string, unknown>>): Promise<void> {
    const tenants = new Set(concerned.map(({ tenantId }) => tenantId));
    const tenantId = tenants.size === 1 ? [...tenants][0]! : null;
    return this.audit.record({ tenantId, action, subject: `operator:${id}`, details });
  }
}

function assertOutranks(caller: Principal, bindings: readonly Binding[]): void {
  if (!bindings.every((binding) => outranks(caller, binding))) throw beyondOwn();
}

function distinct(bindings: readonly Binding[]): Binding[] {
  return [...new Map(bindings.map((binding) => [`${binding.role} ${binding.tenantId}`, binding])).values()];
}

function viewOf(operator: OperatorEntity, bindings: readonly Binding[]): OperatorView {
  return {
    id: operator.id,
    username: operator.username,
    displayName: operator.displayName,
    bindings: bindings.map(({ role, tenantId }) => ({ role, tenantId })),
    disabled: operator.disabled,
    lastLoginAt: operator.lastLoginAt?.toISOString() ?? null,
    createdAt: operator.createdAt.toISOString(),
    revision: operator.revision,
  };
}
