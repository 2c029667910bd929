import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { requestContext } from '../../platform/http/request-context.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import type { BlockPlace } from './block-rows.repository.js';
import { FleetRows } from './fleet-rows.repository.js';

const IDS_PER_HINT = 100;

/** Tells the trail, open screens and the boxes that the list of a tenant has changed. */
@Injectable()
export class BlockAnnouncer {
  constructor(
    private readonly fleet: FleetRows,
    private readonly changes: Changes,
    private readonly live: LiveBus,
    private readonly audit: AuditTrail,
  ) {}

  /** Who writes: the caller of the running request. */
  author(): string {
    return requestContext.getStore()?.principal?.actor ?? 'system';
  }

  /** Answers how many boxes are told. */
  async changed({ tenantId, clusterId }: BlockPlace, ids: readonly string[]): Promise<number> {
    const boxes = await this.fleet.boxes(tenantId, clusterId);
    await this.changes.emit('appliance.intent', tenantId, boxes);
    const hinted = ids.length > 0 ? ids : [tenantId];
    this.live.publish({ topic: 'block', tenantId, ids: hinted.slice(0, IDS_PER_HINT) });
    return boxes.length;
  }

  record(action: string, tenantId: string, subject: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ tenantId, action, subject, details });
  }
}
