import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { SiteEntity } from './site.entity.js';

/** One appliance, or a pair that shares virtual addresses. */
@Entity('clusters')
@Unique('clusters_tenant_id_id_key', ['tenantId', 'id'])
@Unique('clusters_site_id_name_key', ['siteId', 'name'])
@Index('clusters_name_idx', ['name', 'id'])
@Check('clusters_kind_check', `kind in ('single', 'pair')`)
@ForeignKey(() => SiteEntity, ['tenantId', 'siteId'], ['tenantId', 'id'], { name: 'clusters_site_fkey' })
export class ClusterEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'clusters_pkey' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'uuid' })
  tenantId!: string;

  @Column({ name: 'site_id', type: 'uuid' })
  siteId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  kind!: 'single' | 'pair';

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'integer', default: 1 })
  revision!: number;
}
