import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type PolicyDocument, policyQuerySchema, type PolicyScope, type PolicyVersionView, uuidSchema } from '@phalanx/contracts';
import { AppError, digestOf } from '@phalanx/kit';
import { z } from 'zod';
import { Database } from '../../platform/db/database.js';
import { decodeCursor } from '../../platform/http/cursor.js';
import { policyNotFound, policyVersionNotFound } from './policies.errors.js';
import { PolicyEntity } from './policy.entity.js';
import type { PolicyTarget } from './policy-target.js';
import { PolicyVersionEntity } from './policy-version.entity.js';

export type PolicyQuery = z.output<typeof policyQuerySchema>;
export interface PolicyRow {
  readonly id: string;
  readonly scope: PolicyScope;
  readonly tenantId: string | null;
  readonly applicationId: string | null;
  readonly version: number;
  readonly digest: string;
  readonly document: PolicyDocument;
  readonly comment: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}
/** Documents in force, for working out what applications come to. */
export interface DocumentSet {
  readonly provider: PolicyDocument;
  readonly byTenant: ReadonlyMap<string, PolicyDocument>;
  readonly byApplication: ReadonlyMap<string, PolicyDocument>;
}
export interface NewVersion {
  readonly document: PolicyDocument;
  readonly comment: string;
  readonly createdBy: string;
}

export const EMPTY_DOCUMENT: PolicyDocument = { settings: {}, locks: [] };
const RANK = `case p.scope when 'provider' then 0 when 'tenant' then 1 else 2 end`;
const SELECT = `select p.id, p.scope, p.tenant_id as "tenantId", p.application_id as "applicationId", v.version, v.digest, v.document,
    v.comment, v.created_at as "createdAt", v.created_by as "createdBy"
  from policies p join policy_versions v on v.policy_id = p.id`;
const OF_TARGET = `p.scope = $1 and p.tenant_id is not distinct from $2::uuid and p.application_id is not distinct from $3::uuid`;
const listPlaceSchema = z.tuple([z.int().min(0).max(2), uuidSchema]);
const versionPlaceSchema = z.tuple([z.int().min(1)]);

/** Rows of `policies` and `policy_versions`. */
@Injectable()
export class PolicyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Until the transaction ends nobody else changes what this policy touches: all tenants for the baseline, else the one tenant. Whoever waited
   * here sees what the other has committed.
   */
  async lock(target: Pick<PolicyTarget, 'scope' | 'tenantId'>): Promise<void> {
    const em = this.database.em();
    const mode = target.scope === 'provider' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
    await em.query(`select ${mode}(hashtextextended('policies', 0))`);
    if (target.tenantId) await em.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`policies ${target.tenantId}`]);
  }

  /** Policies at their newest version: baseline, tenants', applications'; one row more than the limit. */
  list(query: PolicyQuery): Promise<PolicyRow[]> {
    const place = decodeCursor(query.cursor, listPlaceSchema);
    return this.database.em().query<PolicyRow[]>(
      `${SELECT} and v.version = p.version
        where ($1::text is null or p.scope = $1) and ($2::uuid is null or p.tenant_id = $2)
          and ($3::int is null or (${RANK}, p.id) > ($3, $4::uuid))
        order by ${RANK}, p.id limit $5`,
      [query.scope ?? null, query.tenantId ?? null, place?.[0] ?? null, place?.[1] ?? null, query.limit + 1],
    );
  }

  /** Newest first; one row more than the limit. */
  async versions(target: PolicyTarget, page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<PolicyRow[]> {
    const place = decodeCursor(page.cursor, versionPlaceSchema);
    await this.current(target);
    return this.database
      .em()
      .query<PolicyRow[]>(`${SELECT} where ${OF_TARGET} and ($4::int is null or v.version < $4) order by v.version desc limit $5`, [
        target.scope,
        target.tenantId,
        target.applicationId,
        place?.[0] ?? null,
        page.limit + 1,
      ]);
  }

  async current(target: PolicyTarget): Promise<PolicyRow> {
    const [row] = await this.database
      .em()
      .query<PolicyRow[]>(`${SELECT} and v.version = p.version where ${OF_TARGET}`, [target.scope, target.tenantId, target.applicationId]);
    if (!row) throw policyNotFound();
    return row;
  }

  async version(target: PolicyTarget, version: number): Promise<PolicyRow> {
    const [row] = await this.database
      .em()
      .query<PolicyRow[]>(`${SELECT} where ${OF_TARGET} and v.version = $4`, [
        target.scope,
        target.tenantId,
        target.applicationId,
        version,
      ]);
    if (!row) throw policyVersionNotFound();
    return row;
  }

  /** A new policy, which says nothing yet. */
  async addEmpty(target: PolicyTarget, createdBy: string): Promise<void> {
    const id = randomUUID();
    await this.database.em().insert(PolicyEntity, { id, ...target, version: 1 });
    await this.addVersion({ id, tenantId: target.tenantId }, 1, { document: EMPTY_DOCUMENT, comment: '', createdBy });
  }

  async write(current: PolicyRow, values: NewVersion): Promise<void> {
    const version = current.version + 1;
    await this.addVersion(current, version, values);
    await this.database.em().update(PolicyEntity, { id: current.id }, { version });
  }

  /** Documents in force of the provider, and of these tenants and applications. */
  async documents(tenantIds: readonly string[], applicationIds: readonly string[]): Promise<DocumentSet> {
    const rows = await this.database.em().query<PolicyRow[]>(
      `${SELECT} and v.version = p.version
          where p.scope = 'provider' or (p.scope = 'tenant' and p.tenant_id = any($1::uuid[])) or p.application_id = any($2::uuid[])`,
      [tenantIds, applicationIds],
    );
    const provider = rows.find((row) => row.scope === 'provider');
    if (!provider) throw new AppError('bug', 'policies.no-baseline', 'the provider’s baseline is not there');
    return {
      provider: provider.document,
      byTenant: new Map(rows.filter((row) => row.scope === 'tenant').map((row) => [row.tenantId!, row.document])),
      byApplication: new Map(rows.filter((row) => row.scope === 'application').map((row) => [row.applicationId!, row.document])),
    };
  }

  private async addVersion(policy: Pick<PolicyRow, 'id' | 'tenantId'>, version: number, values: NewVersion): Promise<void> {
    await this.database.em().insert(PolicyVersionEntity, {
      policyId: policy.id,
      tenantId: policy.tenantId,
      version,
      digest: digestOf(values.document),
      ...values,
    });
  }
}

/** The version as the API shows it. Its number is also its revision: a policy changes only by a new version. */
export function policyViewOf({ id: _, createdAt, ...row }: PolicyRow): PolicyVersionView {
  return { ...row, createdAt: createdAt.toISOString(), revision: row.version };
}

/** Where the row stands in the list. */
export function policyPlaceOf(row: PolicyRow): [number, string] {
  return [{ provider: 0, tenant: 1, application: 2 }[row.scope], row.id];
}
