import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { TenantEntity } from './tenant.entity.js';

/** A place of a tenant. */
@Entity('sites')
@Unique('sites_tenant_id_id_key', ['tenantId', 'id'])
@Unique('sites_tenant_id_name_key', ['tenantId', 'name'])
@Index('sites_name_idx', ['name', 'id'])
export class SiteEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'sites_pkey' })
  id!: string;

  @ForeignKey(() => TenantEntity, { name: 'sites_tenant_id_fkey' })
  @Column({ name: 'tenant_id', type: 'uuid' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** IANA name, for example `Asia/Seoul`. */
  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'integer', default: 1 })
  revision!: number;
}
