import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** One link of the trail. Sequence and hash are set by the database at the commit, and never change. */
@Entity('audit_entries')
@Unique('audit_entries_sequence_key', ['sequence'])
@Check('audit_entries_outcome_check', `outcome in ('done', 'refused')`)
export class AuditEntryEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'audit_entries_pkey' })
  id!: string;

  /** PostgreSQL's bigint comes as text. */
  @Column({ type: 'bigint', nullable: true })
  sequence!: string;

  @Column({ name: 'tenant_id', type: 'uuid', nullable: true })
  tenantId!: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  at!: Date;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  outcome!: 'done' | 'refused';

  /** Canonical JSON, kept as text because its very bytes are hashed. */
  @Column({ type: 'text' })
  details!: string;

  @Column({ type: 'text', nullable: true })
  hash!: string;
}
