import { Inject, Module } from '@nestjs/common';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { HealthModule } from '../health/index.js';
import { Partitions, PartitionsModule } from '../partitions/index.js';
import { EventIngest } from './event-ingest.service.js';
import { EventIngress } from './event-ingress.mqtt.js';
import { EventListRepository } from './event-list.repository.js';
import { EventStore } from './event-store.js';
import { eventsConfig } from './events.config.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { LedgerKeeper } from './ledger-keeper.js';
import { LedgerRepository } from './ledger.repository.js';
import { PairEvents } from './pair-events.repository.js';
import { RollupsRepository } from './rollups.repository.js';

@Module({
  imports: [PartitionsModule, HealthModule],
  controllers: [EventsController],
  providers: [
    EventIngress,
    EventIngest,
    EventStore,
    EventsRepository,
    EventListRepository,
    LedgerRepository,
    LedgerKeeper,
    RollupsRepository,
    PairEvents,
  ],
  exports: [EventListRepository, PairEvents],
})
export class EventsModule {
  constructor(@Inject(Partitions) partitions: Partitions, @Inject(eventsConfig.token) config: ConfigOf<typeof eventsConfig>) {
    partitions.register({ parent: 'events', unit: 'day', keepDays: config.EVENTS_KEEP_DAYS });
    partitions.register({ parent: 'dead_letters', unit: 'day', keepDays: config.EVENTS_KEEP_DAYS });
    partitions.register({ parent: 'event_rollups', unit: 'month', keepDays: config.EVENTS_ROLLUP_KEEP_DAYS });
  }
}
