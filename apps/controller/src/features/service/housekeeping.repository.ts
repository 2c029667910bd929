import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { WorkQueue } from '../../platform/queue/work-queue.js';

const HOUR_MS = 3_600_000;

/** Forgets idempotency records after a day. */
@Injectable()
export class Housekeeping implements OnModuleInit {
  constructor(
    private readonly source: DataSource,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    this.work.every('service.forget-idempotency-keys', HOUR_MS, () => this.forgetOldKeys());
  }

  private async forgetOldKeys(): Promise<void> {
    await this.source.query(`delete from idempotency_keys where created_at < now() - interval '1 day'`);
  }
}
