import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { LoginAttemptRepository } from './login-attempt.repository.js';
import { SessionRepository } from './session.repository.js';

const HOUR_MS = 3_600_000;

/** Forgets sessions and counters whose time is over. They have no effect any more when it runs. */
@Injectable()
export class AccessJobs implements OnModuleInit {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly attempts: LoginAttemptRepository,
    private readonly database: Database,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    this.work.every('access.forget-expired', HOUR_MS, () => this.forgetExpired());
  }

  async forgetExpired(): Promise<void> {
    await this.database.run(NO_TENANT, async () => {
      await this.sessions.removeExpired(new Date());
      await this.attempts.removeExpired(new Date());
    });
  }
}
