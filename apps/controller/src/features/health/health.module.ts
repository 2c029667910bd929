import { Inject, Module } from '@nestjs/common';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Partitions, PartitionsModule } from '../partitions/index.js';
import { BoxClocks } from './box-clocks.js';
import { BoxFigures } from './box-figures.repository.js';
import { HealthMinutesRepository } from './health-minutes.repository.js';
import { healthConfig } from './health.config.js';
import { HealthController } from './health.controller.js';
import { HealthIngress } from './health.mqtt.js';
import { HealthRepository } from './health.repository.js';
import { HealthService } from './health.service.js';
import { OfflineSweep } from './offline-sweep.js';
import { OfflineRepository } from './offline.repository.js';

@Module({
  imports: [PartitionsModule],
  controllers: [HealthController],
  providers: [
    HealthIngress,
    HealthService,
    HealthRepository,
    HealthMinutesRepository,
    OfflineRepository,
    OfflineSweep,
    BoxClocks,
    BoxFigures,
  ],
  exports: [BoxClocks, BoxFigures],
})
export class HealthModule {
  constructor(@Inject(Partitions) partitions: Partitions, @Inject(healthConfig.token) config: ConfigOf<typeof healthConfig>) {
    partitions.register({ parent: 'health_minutes', unit: 'day', keepDays: config.HEALTH_KEEP_DAYS });
  }
}
