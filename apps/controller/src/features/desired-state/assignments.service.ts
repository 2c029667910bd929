import { Injectable } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { PacksService } from '../releases/index.js';
import { type AssignmentPlace, AssignmentRows } from './assignments.repository.js';

/** Says which signature pack runs where. All in the transaction of the caller. */
@Injectable()
export class AssignmentsService {
  constructor(
    private readonly rows: AssignmentRows,
    private readonly packs: PacksService,
    private readonly changes: Changes,
    private readonly audit: AuditTrail,
  ) {}

  async assign(place: AssignmentPlace, id: string, packId: string): Promise<void> {
    const tenantId = await this.rows.tenantOf(place, id);
    if (!tenantId) throw new AppError('not-found', 'desired-state.not-found', `there is no such ${place}`);
    const pack = await this.packs.reference(packId);
    await this.rows.assign(place, id, tenantId, packId);
    const members = await this.rows.members(place, id);
    await this.audit.record({
      tenantId,
      action: 'signature-pack.assign',
      subject: `${place}:${id}`,
      details: { packId, path: pack.path, sha256: pack.sha256 },
    });
    await this.changes.emit(
      'appliance.intent',
      tenantId,
      members.map((applianceId) => ({ applianceId })),
    );
  }
}
