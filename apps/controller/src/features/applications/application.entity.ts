import type { Upstream } from '@phalanx/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A protected web service. */
@Entity('applications')
@Unique('applications_tenant_id_id_key', ['tenantId', 'id'])
@Unique('applications_cluster_id_name_key', ['clusterId', 'name'])
@Index('applications_name_idx', ['name', 'id'])
@ForeignKey('ClusterEntity', ['tenantId', 'clusterId'], ['tenantId', 'id'], { name: 'applications_cluster_fkey' })
export class ApplicationEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'applications_pkey' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'uuid' })
  tenantId!: string;

  @Column({ name: 'cluster_id', type: 'uuid' })
  clusterId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', array: true })
  hosts!: string[];

  @Column({ name: 'listen_port', type: 'integer' })
  listenPort!: number;

  @Column({ type: 'jsonb' })
  upstream!: Upstream;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'integer', default: 1 })
  revision!: number;
}
