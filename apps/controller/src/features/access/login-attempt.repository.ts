import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Database } from '../../platform/db/database.js';
import { LoginAttemptEntity } from './login-attempt.entity.js';

export interface AttemptCount {
  readonly failures: number;
  readonly secondsLeft: number;
}

/** Rows of `login_attempts`: shared by all replicas, kept over restarts. */
@Injectable()
export class LoginAttemptRepository {
  constructor(private readonly database: Database) {}

  /** Counts one more attempt within the window that runs, or opens a new one. */
  async add(key: string, windowMinutes: number): Promise<AttemptCount> {
    const [row] = await this.database.em().query<AttemptCount[]>(
      `insert into login_attempts as a (key, failures, window_ends_at) values ($1, 1, clock_timestamp() + $2 * interval '1 minute')
       on conflict (key) do update set
         failures = case when a.window_ends_at <= clock_timestamp() then 1 else a.failures + 1 end,
         window_ends_at = case when a.window_ends_at <= clock_timestamp() then excluded.window_ends_at else a.window_ends_at end
       returning failures, ceil(extract(epoch from window_ends_at - clock_timestamp()))::int as "secondsLeft"`,
      [key, windowMinutes],
    );
    return row!;
  }

  async takeBack(key: string): Promise<void> {
    await this.database.em().query('update login_attempts set failures = greatest(failures - 1, 0) where key = $1', [key]);
  }

  async forget(key: string): Promise<void> {
    await this.database.em().delete(LoginAttemptEntity, { key });
  }

  async removeExpired(now: Date): Promise<void> {
    await this.database.em().delete(LoginAttemptEntity, { windowEndsAt: LessThan(now) });
  }
}
