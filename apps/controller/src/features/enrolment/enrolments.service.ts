import { Injectable } from '@nestjs/common';
import type { EnrolmentView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { PkiService } from '../pki/index.js';
import { type EnrolmentFilter, type EnrolmentRow, EnrolmentRows } from './enrolments.repository.js';

/** How an enrolment is shown. */
export function enrolmentView(row: EnrolmentRow): EnrolmentView {
  const isHealthy = row.state === 'issued' || row.state === 'active';
  return {
    id: row.id,
    tenantId: row.tenantId,
    applianceId: row.applianceId,
    serial: row.serial,
    state: isHealthy && row.notAfter <= new Date() ? 'expired' : row.state,
    reason: row.reason,
    issuedAt: row.issuedAt.toISOString(),
    notAfter: row.notAfter.toISOString(),
    firstConnectedAt: row.firstConnectedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    facts: { ...row.facts },
  };
}

/** The states of enrolments and their changes, in the transaction of the caller. Each is audited, and tells the broker and the rest. */
@Injectable()
export class EnrolmentsService {
  constructor(
    private readonly rows: EnrolmentRows,
    private readonly pki: PkiService,
    private readonly changes: Changes,
    private readonly audit: AuditTrail,
    private readonly live: LiveBus,
  ) {}

  list(filter: EnrolmentFilter): Promise<EnrolmentRow[]> {
    return this.rows.list(filter);
  }

  async revoke(id: string, reason: string): Promise<EnrolmentRow> {
    const row = await this.get(id);
    if (row.state === 'revoked') throw new AppError('conflict', 'enrolment.already-revoked', 'this enrolment is revoked already');
    return this.cut(row, 'revoked', reason, {});
  }

  async quarantine(id: string, reason: string): Promise<EnrolmentRow> {
    const row = await this.get(id);
    if (row.state !== 'issued' && row.state !== 'active')
      throw new AppError(
        'conflict',
        'enrolment.not-healthy',
        `only a healthy enrolment can be put into quarantine; this one is ${row.state}`,
      );
    return this.cut(row, 'quarantined', reason, {});
  }

  /** The system's own quarantine: nobody asked, so `actor` is given and the entry is an alarm. */
  async quarantineByAlarm(id: string, reason: string): Promise<EnrolmentRow | null> {
    const row = await this.get(id);
    if (row.state !== 'issued' && row.state !== 'active') return null;
    return this.cut(row, 'quarantined', reason, { actor: 'system' });
  }

  async release(id: string, reason: string): Promise<EnrolmentRow> {
    const row = await this.get(id);
    if (row.state !== 'quarantined')
      throw new AppError(
        'conflict',
        'enrolment.not-quarantined',
        `only an enrolment in quarantine can be released; this one is ${row.state}`,
      );
    if (row.certificatePem === null)
      throw new AppError('conflict', 'enrolment.never-issued', 'this box was never given a certificate: make a new claim for it');
    await this.pki.readmit(row.serial);
    const released = await this.rows.setState(id, row.firstConnectedAt ? 'active' : 'issued', null);
    await this.announce(released, 'enrolment.readmitted');
    await this.audit.record({
      tenantId: row.tenantId,
      action: 'enrolment.release',
      subject: `appliance:${row.applianceId}`,
      details: { enrolmentId: id, serial: row.serial, reason },
    });
    return released;
  }

  /** Marks the first connection of an enrolment, which ends its predecessors. Nothing happens when another process was faster. */
  async connected(id: string): Promise<void> {
    const row = await this.rows.markConnected(id);
    if (!row) return;
    const superseded = await this.rows.olderSiblings(row);
    for (const old of superseded) {
      await this.rows.setState(old.id, 'superseded', `replaced by ${row.serial}`);
      await this.pki.revoke(old.serial, 'superseded', old.notAfter);
      await this.announce(old, 'enrolment.cut');
    }
    await this.announce(row, null);
    await this.audit.record({
      tenantId: row.tenantId,
      actor: `appliance:${row.applianceId}`,
      action: 'enrolment.connected',
      subject: `appliance:${row.applianceId}`,
      details: { enrolmentId: row.id, serial: row.serial, supersedes: superseded.map((old) => old.serial) },
    });
  }

  /** An enrolment that the transaction may see. */
  private async get(id: string): Promise<EnrolmentRow> {
    const row = await this.rows.lock(id);
    if (!row) throw new AppError('not-found', 'enrolment.not-found', 'there is no such enrolment');
    return row;
  }

  private async cut(row: EnrolmentRow, state: 'revoked' | 'quarantined', reason: string, by: { actor?: string }): Promise<EnrolmentRow> {
    await this.pki.revoke(row.serial, state === 'revoked' ? 'revoked' : 'hold', row.notAfter);
    const changed = await this.rows.setState(row.id, state, reason);
    await this.announce(changed, 'enrolment.cut');
    await this.audit.record({
      tenantId: row.tenantId,
      ...by,
      action: state === 'revoked' ? 'enrolment.revoke' : 'enrolment.quarantine',
      subject: `appliance:${row.applianceId}`,
      details: { enrolmentId: row.id, serial: row.serial, reason, ...(by.actor ? { alarm: true } : {}) },
    });
    return changed;
  }

  private async announce(row: EnrolmentRow, broker: 'enrolment.cut' | 'enrolment.readmitted' | null): Promise<void> {
    const identity = { applianceId: row.applianceId, serial: row.serial };
    if (broker) await this.changes.emit(broker, row.tenantId, [identity]);
    await this.changes.emit('enrolment.changed', row.tenantId, [identity]);
    this.live.publish({ topic: 'enrolment', tenantId: row.tenantId, ids: [row.id] });
  }
}
