import type { PolicyDocument } from '@phalanx/contracts';
import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { PolicyEntity } from './policy.entity.js';

/** What a policy said at one version. Never changes. */
@Entity('policy_versions')
export class PolicyVersionEntity {
  @ForeignKey(() => PolicyEntity, { name: 'policy_versions_policy_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'policy_id', type: 'uuid', primaryKeyConstraintName: 'policy_versions_pkey' })
  policyId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'policy_versions_pkey' })
  version!: number;

  @Column({ name: 'tenant_id', type: 'uuid', nullable: true })
  tenantId!: string | null;

  /** Digest of the document. */
  @Column({ type: 'text' })
  digest!: string;

  @Column({ type: 'jsonb' })
  document!: PolicyDocument;

  @Column({ type: 'text' })
  comment!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;
}
