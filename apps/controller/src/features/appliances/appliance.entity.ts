import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** One box, enrolled or not yet. */
@Entity('appliances')
@Unique('appliances_tenant_id_id_key', ['tenantId', 'id'])
@Unique('appliances_tenant_id_name_key', ['tenantId', 'name'])
@Index('appliances_name_idx', ['name', 'id'])
@Index('appliances_cluster_id_idx', ['clusterId'])
@Index('appliances_tags_idx', ['tags'], { type: 'gin' })
@ForeignKey('SiteEntity', ['tenantId', 'siteId'], ['tenantId', 'id'], { name: 'appliances_site_fkey' })
@ForeignKey('ClusterEntity', ['tenantId', 'clusterId'], ['tenantId', 'id'], { name: 'appliances_cluster_fkey' })
export class ApplianceEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'appliances_pkey' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'uuid' })
  tenantId!: string;

  @Column({ name: 'site_id', type: 'uuid' })
  siteId!: string;

  @Column({ name: 'cluster_id', type: 'uuid' })
  clusterId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'listen_addresses', type: 'text', array: true })
  listenAddresses!: string[];

  @Column({ type: 'text', array: true, default: '{}' })
  tags!: string[];

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'integer', default: 1 })
  revision!: number;
}
