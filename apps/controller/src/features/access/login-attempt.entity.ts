import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Failed sign-ins of one account or source within the running window. */
@Entity('login_attempts')
export class LoginAttemptEntity {
  /** Hex SHA-256 of what is counted: what people type as a user name is not kept. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'login_attempts_pkey' })
  key!: string;

  @Column({ type: 'integer' })
  failures!: number;

  @Column({ name: 'window_ends_at', type: 'timestamptz', precision: 3 })
  windowEndsAt!: Date;
}
