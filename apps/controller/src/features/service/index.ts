/**
 * Service: probes (`/healthz`, `/readyz`), metrics (`/metrics`), the API description (`/api/openapi.json`) and housekeeping of the
 * platform's own table `idempotency_keys`. Owns no table. Nobody calls it.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { Housekeeping } from './housekeeping.repository.js';
import { ServiceController } from './service.controller.js';

@Module({ controllers: [ServiceController], providers: [Housekeeping] })
class ServiceModule {}

export const serviceFeature: ControllerFeature = { name: 'service', module: ServiceModule };
