import type { PolicyScope } from '@phalanx/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One policy: the provider's baseline, a tenant's, or an application's own. */
@Entity('policies')
@Check(
  'policies_scope_check',
  `(scope = 'provider' and tenant_id is null and application_id is null) or
   (scope = 'tenant' and tenant_id is not null and application_id is null) or
   (scope = 'application' and tenant_id is not null and application_id is not null)`,
)
@Index('policies_provider_key', ['scope'], { unique: true, where: `scope = 'provider'` })
@Index('policies_tenant_key', ['tenantId'], { unique: true, where: `scope = 'tenant'` })
@Index('policies_application_key', ['applicationId'], { unique: true, where: `scope = 'application'` })
@ForeignKey('ApplicationEntity', ['tenantId', 'applicationId'], ['tenantId', 'id'], {
  name: 'policies_application_fkey',
  onDelete: 'CASCADE',
})
export class PolicyEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'policies_pkey' })
  id!: string;

  @Column({ type: 'text' })
  scope!: PolicyScope;

  @ForeignKey('TenantEntity', { name: 'policies_tenant_fkey', onDelete: 'CASCADE' })
  @Column({ name: 'tenant_id', type: 'uuid', nullable: true })
  tenantId!: string | null;

  @Column({ name: 'application_id', type: 'uuid', nullable: true })
  applicationId!: string | null;

  /** The version in force: the newest. */
  @Column({ type: 'integer' })
  version!: number;
}
