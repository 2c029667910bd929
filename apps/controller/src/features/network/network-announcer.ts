import { Injectable } from '@nestjs/common';
import type { ApplianceView, ClusterView } from '@phalanx/contracts';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { requestContext } from '../../platform/http/request-context.js';
import { LiveBus } from '../../platform/live/live-bus.js';

/** Tells the trail, open screens and the boxes that a cluster's network has changed. */
@Injectable()
export class NetworkAnnouncer {
  constructor(
    private readonly changes: Changes,
    private readonly live: LiveBus,
    private readonly audit: AuditTrail,
  ) {}

  /** Who writes: the caller of the running request. */
  author(): string {
    return requestContext.getStore()?.principal?.actor ?? 'system';
  }

  async changed(
    { id, tenantId }: ClusterView,
    boxes: readonly ApplianceView[],
    action: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.audit.record({ tenantId, action, subject: `cluster:${id}`, details });
    this.live.publish({ topic: 'network', tenantId, ids: [id] });
    await this.changes.emit(
      'appliance.intent',
      tenantId,
      boxes.map((box) => ({ applianceId: box.id })),
    );
  }
}
