import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { requestContext } from '../../platform/http/request-context.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { ApplianceService } from '../appliances/index.js';
import type { PolicyApplication } from './application-directory.js';
import { type PolicyTarget, subjectOf } from './policy-target.js';
import type { SettingChange } from './setting-changes.js';

const IDS_PER_HINT = 100;

interface Written {
  readonly version: number;
  readonly comment: string;
  readonly changes: readonly SettingChange[];
}

/** Tells the trail, open screens and the appliances what a change of policies has brought. */
@Injectable()
export class PolicyAnnouncer {
  constructor(
    private readonly appliances: ApplianceService,
    private readonly changes: Changes,
    private readonly live: LiveBus,
    private readonly audit: AuditTrail,
  ) {}

  /** Who writes: the caller of the running request. */
  author(): string {
    return requestContext.getStore()?.principal?.actor ?? 'system';
  }

  async written(target: PolicyTarget, policyId: string, { version, comment, changes }: Written): Promise<void> {
    const { tenantId, applicationId } = target;
    this.live.publish({ topic: 'policy', tenantId, ids: [applicationId ?? tenantId ?? policyId] });
    const paths = changes.map(({ path }) => path);
    await this.audit.record({ tenantId, action: 'policy.write', subject: subjectOf(target), details: { version, comment, paths } });
  }

  /** These applications, or what holds for them, changed: their appliances have something new to run. */
  async affected(applications: readonly Pick<PolicyApplication, 'id' | 'tenantId' | 'clusterId'>[]): Promise<void> {
    for (const [tenantId, own] of Map.groupBy(applications, (application) => application.tenantId)) {
      for (let at = 0; at < own.length; at += IDS_PER_HINT)
        this.live.publish({ topic: 'application', tenantId, ids: own.slice(at, at + IDS_PER_HINT).map(({ id }) => id) });
      const members = await this.appliances.ofClusters([...new Set(own.map(({ clusterId }) => clusterId))]);
      await this.changes.emit(
        'appliance.intent',
        tenantId,
        members.map(({ id }) => ({ applianceId: id })),
      );
    }
  }
}
