import type { Permission } from '@phalanx/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { OperatorEntity } from './operator.entity.js';

/** A bearer token: a part of its operator's permissions, for a while. */
@Entity('api_tokens')
@Unique('api_tokens_token_hash_key', ['tokenHash'])
export class ApiTokenEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'api_tokens_pkey' })
  id!: string;

  @Index('api_tokens_operator_id_idx')
  @ForeignKey(() => OperatorEntity, { name: 'api_tokens_operator_fkey', onDelete: 'CASCADE' })
  @Column({ name: 'operator_id', type: 'uuid' })
  operatorId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Hex SHA-256 of the token. */
  @Column({ name: 'token_hash', type: 'text' })
  tokenHash!: string;

  @Column({ type: 'text', array: true })
  permissions!: Permission[];

  /** Null: all tenants of its operator. */
  @Column({ name: 'tenant_ids', type: 'uuid', array: true, nullable: true })
  tenantIds!: string[] | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  /** Written at most once a minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;
}
