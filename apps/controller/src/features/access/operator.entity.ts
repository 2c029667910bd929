import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A person who signs in. What it may do is in its role bindings. */
@Entity('operators')
@Unique('operators_username_key', ['username'])
export class OperatorEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'operators_pkey' })
  id!: string;

  @Column({ type: 'text' })
  username!: string;

  @Column({ name: 'display_name', type: 'text' })
  displayName!: string;

  /** argon2id in the PHC string format. */
  @Column({ name: 'password_hash', type: 'text' })
  passwordHash!: string;

  @Column({ type: 'boolean', default: false })
  disabled!: boolean;

  @Column({ name: 'last_login_at', type: 'timestamptz', precision: 3, nullable: true })
  lastLoginAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'integer', default: 1 })
  revision!: number;
}
