import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { OperatorEntity } from './operator.entity.js';

/** A signed-in browser. The cookie's secret is kept as a hash only. */
@Entity('sessions')
@Unique('sessions_token_hash_key', ['tokenHash'])
export class SessionEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @Index('sessions_operator_id_idx')
  @ForeignKey(() => OperatorEntity, { name: 'sessions_operator_fkey', onDelete: 'CASCADE' })
  @Column({ name: 'operator_id', type: 'uuid' })
  operatorId!: string;

  /** Hex SHA-256 of the cookie's value. */
  @Column({ name: 'token_hash', type: 'text' })
  tokenHash!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  /** Written at most once a minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  lastUsedAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
