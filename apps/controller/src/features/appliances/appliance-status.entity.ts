import type { SyncState } from '@phalanx/contracts';
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How a box stands now. Health writes presence and versions, desired state writes the sync columns. */
@Entity('appliance_status')
@Check(
  'appliance_status_sync_state_check',
  `sync_state in ('in-sync', 'pending', 'failed', 'drifted', 'offline', 'never-enrolled', 'quarantined')`,
)
@ForeignKey('ApplianceEntity', ['tenantId', 'applianceId'], ['tenantId', 'id'], {
  name: 'appliance_status_appliance_fkey',
  onDelete: 'CASCADE',
})
export class ApplianceStatusEntity {
  @PrimaryColumn({ name: 'appliance_id', type: 'uuid', primaryKeyConstraintName: 'appliance_status_pkey' })
  applianceId!: string;

  @Column({ name: 'tenant_id', type: 'uuid' })
  tenantId!: string;

  @Column({ type: 'boolean', default: false })
  online!: boolean;

  @Column({ name: 'offline_reason', type: 'text', nullable: true })
  offlineReason!: string | null;

  @Column({ name: 'last_seen_at', type: 'timestamptz', precision: 3, nullable: true })
  lastSeenAt!: Date | null;

  /** As last reported; what is shown also weighs whether the box is online. */
  @Column({ name: 'sync_state', type: 'text', default: 'never-enrolled' })
  syncState!: SyncState;

  @Column({ name: 'sync_reason', type: 'text', nullable: true })
  syncReason!: string | null;

  @Column({ name: 'agent_version', type: 'text', nullable: true })
  agentVersion!: string | null;

  @Column({ name: 'engine_version', type: 'text', nullable: true })
  engineVersion!: string | null;
}
