import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Logger } from '@phalanx/kit';
import { Changes } from './changes/changes.js';
import { Outbox } from './changes/outbox.js';
import { OutboxRepository } from './changes/outbox.repository.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { DatabaseModule } from './db/database.module.js';
import { Notifications } from './db/notifications.js';
import { HttpModule } from './http/http.module.js';
import { LiveBus } from './live/live-bus.js';
import { NotifyLiveBus } from './live/notify-live-bus.js';
import { LOGGER } from './log/logger.token.js';

/** What every feature builds on. It knows no feature. */
@Global()
@Module({})
export class PlatformModule {
  static with(logger: Logger): DynamicModule {
    return {
      module: PlatformModule,
      imports: [CryptoModule, DatabaseModule, HttpModule],
      providers: [
        { provide: LOGGER, useValue: logger },
        Notifications,
        OutboxRepository,
        Outbox,
        { provide: Changes, useExisting: Outbox },
        NotifyLiveBus,
        { provide: LiveBus, useExisting: NotifyLiveBus },
      ],
      exports: [LOGGER, Notifications, Changes, LiveBus],
    };
  }
}
