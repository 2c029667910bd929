import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A customer. */
@Entity('tenants')
@Unique('tenants_slug_key', ['slug'])
@Index('tenants_name_idx', ['name', 'id'])
export class TenantEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'tenants_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Name in addresses and selectors; never changes. */
  @Column({ type: 'text' })
  slug!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'integer', default: 1 })
  revision!: number;
}
