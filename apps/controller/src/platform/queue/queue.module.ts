import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { ConfigOf } from '../config/config-slice.js';
import { Envelope } from '../crypto/envelope.js';
import { databaseUrl } from '../db/database.module.js';
import { platformConfig } from '../platform.config.js';
import { BullWorkQueue, WorkProcessor } from './bull-work-queue.js';
import { queueConnection, WORK_QUEUE } from './queue-connection.js';
import { WorkQueue } from './work-queue.js';

@Global()
@Module({})
export class QueueModule {
  /** With `takesJobs` this process also works, otherwise it only adds. */
  static with({ takesJobs }: { takesJobs: boolean }): DynamicModule {
    return {
      module: QueueModule,
      imports: [
        BullModule.forRootAsync({
          inject: [platformConfig.token, Envelope],
          useFactory: (config: ConfigOf<typeof platformConfig>, envelope: Envelope) => ({
            connection: queueConnection(config.REDIS_URL, databaseUrl(config, envelope)),
          }),
        }),
        BullModule.registerQueue({ name: WORK_QUEUE }),
      ],
      providers: [BullWorkQueue, { provide: WorkQueue, useExisting: BullWorkQueue }, ...(takesJobs ? [WorkProcessor] : [])],
      exports: [WorkQueue],
    };
  }
}
