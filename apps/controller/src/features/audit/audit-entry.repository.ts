import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AuditView, auditQuerySchema } from '@phalanx/contracts';
import { canonicalJson } from '@phalanx/kit';
import { z } from 'zod';
import { Database } from '../../platform/db/database.js';
import { decodeCursor } from '../../platform/http/cursor.js';
import { AuditEntryEntity } from './audit-entry.entity.js';

export type AuditQuery = z.output<typeof auditQuerySchema>;
export type NewAuditEntry = Pick<AuditEntryEntity, 'tenantId' | 'actor' | 'action' | 'subject' | 'outcome'> & {
  readonly details: Readonly<Record<string, unknown>>;
};
export interface ChainState {
  readonly entries: number;
  readonly brokenAt: number | null;
  readonly head: string;
}

const placeSchema = z.tuple([z.int().min(1)]);

/** Rows of `audit_entries`, which can only be added and read. */
@Injectable()
export class AuditEntryRepository {
  constructor(private readonly database: Database) {}

  async add(entry: NewAuditEntry): Promise<void> {
    const scope = this.database.scope();
    const inScope = entry.tenantId === null ? scope.provider : scope.tenantIds.includes(entry.tenantId);
    // Who signs out or is refused acts in no tenant's scope, yet must leave a trace where its readers look.
    if (!inScope) await this.setScope(entry.tenantId === null ? [] : [entry.tenantId], true);
    await this.database
      .em()
      .query(`insert into audit_entries (id, tenant_id, actor, action, subject, outcome, details) values ($1, $2, $3, $4, $5, $6, $7)`, [
        randomUUID(),
        entry.tenantId,
        entry.actor,
        entry.action,
        entry.subject,
        entry.outcome,
        canonicalJson(entry.details),
      ]);
    if (!inScope) await this.setScope(scope.tenantIds, scope.provider);
  }

  /** Newest first; one row more than the limit. */
  list(query: AuditQuery): Promise<AuditEntryEntity[]> {
    const place = decodeCursor(query.cursor, placeSchema);
    const rows = this.database.em().createQueryBuilder(AuditEntryEntity, 'entry').where('entry.sequence is not null');
    if (place) rows.andWhere('entry.sequence < :before', { before: place[0] });
    if (query.tenantId) rows.andWhere('entry.tenant_id = :tenantId', { tenantId: query.tenantId });
    if (query.action) rows.andWhere('entry.action = :action', { action: query.action });
    return rows
      .orderBy('entry.sequence', 'DESC')
      .limit(query.limit + 1)
      .getMany();
  }

  /** Recomputes the whole chain inside the database; only the outcome leaves it. */
  async verify(): Promise<ChainState> {
    const [row] = await this.database
      .em()
      .query<{ entries: string; broken_at: string | null; head: string }[]>('select entries, broken_at, head from audit_verification()');
    return { entries: Number(row!.entries), brokenAt: row!.broken_at === null ? null : Number(row!.broken_at), head: row!.head };
  }

  private async setScope(tenantIds: readonly string[], provider: boolean): Promise<void> {
    await this.database
      .em()
      .query(`select set_config('app.tenants', $1, true), set_config('app.provider', $2, true)`, [
        `{${tenantIds.join(',')}}`,
        provider ? 'on' : 'off',
      ]);
  }
}

/** The entry as the API shows it. */
export function auditViewOf({ sequence, at, details, ...entry }: AuditEntryEntity): AuditView {
  return { ...entry, sequence: Number(sequence), at: at.toISOString(), details: JSON.parse(details) as AuditView['details'] };
}
