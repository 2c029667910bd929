import type { PolicyScope, Settings } from '@phalanx/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What the layers came to for one application. The one that is not superseded is in force. */
@Entity('effective_policies')
@Index('effective_policies_current_key', ['applicationId'], { unique: true, where: 'superseded_at is null' })
@ForeignKey('ApplicationEntity', ['tenantId', 'applicationId'], ['tenantId', 'id'], {
  name: 'effective_policies_application_fkey',
  onDelete: 'CASCADE',
})
export class EffectivePolicyEntity {
  @PrimaryColumn({ name: 'application_id', type: 'uuid', primaryKeyConstraintName: 'effective_policies_pkey' })
  applicationId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'effective_policies_pkey' })
  version!: number;

  @Column({ name: 'tenant_id', type: 'uuid' })
  tenantId!: string;

  /** Digest of the settings. */
  @Column({ type: 'text' })
  digest!: string;

  @Column({ type: 'jsonb' })
  settings!: Settings;

  @Column({ type: 'jsonb' })
  origin!: Record<string, PolicyScope | 'default'>;

  /** Which layer locks a path, of the paths that are locked. */
  @Column({ type: 'jsonb' })
  locks!: Record<string, PolicyScope>;

  @Column({ name: 'computed_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  computedAt!: Date;

  @Column({ name: 'superseded_at', type: 'timestamptz', precision: 3, nullable: true })
  supersededAt!: Date | null;
}
