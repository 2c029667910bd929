import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { requestContext } from '../../platform/http/request-context.js';
import { LiveBus } from '../../platform/live/live-bus.js';

interface Where {
  readonly clusterId: string;
  readonly tenantId: string;
}

/** Tells the trail, open screens and the boxes of a pair what has changed. In the transaction of the caller. */
@Injectable()
export class PairAnnouncer {
  constructor(
    private readonly changes: Changes,
    private readonly live: LiveBus,
    private readonly audit: AuditTrail,
  ) {}

  /** Who acts: the caller of the running request. */
  author(): string {
    return requestContext.getStore()?.principal?.actor ?? 'system';
  }

  /** What the boxes shall do has changed. */
  async intent(where: Where, applianceIds: readonly string[]): Promise<void> {
    await this.changes.emit(
      'appliance.intent',
      where.tenantId,
      applianceIds.map((applianceId) => ({ applianceId })),
    );
    this.hint(where);
  }

  hint({ clusterId, tenantId }: Where): void {
    this.live.publish({ topic: 'ha', tenantId, ids: [clusterId] });
  }

  /** `actor`: the caller of the request unless given. */
  record({ clusterId, tenantId }: Where, action: string, details: Readonly<Record<string, unknown>>, actor?: string): Promise<void> {
    return this.audit.record({ tenantId, action, subject: `cluster:${clusterId}`, details, ...(actor ? { actor } : {}) });
  }
}
