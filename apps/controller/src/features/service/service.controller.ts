import { Controller, Inject } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import { collectDefaultMetrics, register } from 'prom-client';
import { z } from 'zod';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { describeApi } from '../../platform/http/openapi.js';
import { declaredEndpoints, Input, Route } from '../../platform/http/route.js';
import { CONTROLLER_VERSION } from '../../version.js';

const healthSchema = z.strictObject({ status: z.literal('ok'), version: z.string() }).meta({ id: 'ServiceHealth' });
const HEALTH = endpoint({
  method: 'GET',
  path: '/healthz',
  summary: 'The process lives',
  permission: 'public',
  detached: true,
  answer: healthSchema,
});
const READY = endpoint({
  method: 'GET',
  path: '/readyz',
  summary: 'The process can serve: its database answers',
  permission: 'public',
  detached: true,
  answer: healthSchema,
});
const METRICS = endpoint({
  method: 'GET',
  path: '/metrics',
  summary: 'Figures in the Prometheus text format',
  permission: 'public',
  detached: true,
  produces: 'text/plain',
});
const DESCRIPTION = endpoint({
  method: 'GET',
  path: '/api/openapi.json',
  summary: 'This description',
  permission: 'public',
  detached: true,
  answer: z.record(z.string(), z.unknown()),
});

/** Probes, metrics and the API description. */
@Controller()
export class ServiceController {
  constructor(@Inject(Database) private readonly database: Database) {
    if (!register.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics();
  }

  @Route(HEALTH)
  health() {
    return { status: 'ok' as const, version: CONTROLLER_VERSION };
  }

  @Route(READY)
  async ready() {
    try {
      await this.database.run(NO_TENANT, (em) => em.query('select 1'));
    } catch (cause) {
      throw new AppError('unavailable', 'service.not-ready', 'the database does not answer', { cause });
    }
    return { status: 'ok' as const, version: CONTROLLER_VERSION };
  }

  @Route(METRICS)
  async metrics(@Input() { reply }: InputOf<typeof METRICS>): Promise<string> {
    void reply.header('content-type', register.contentType);
    return register.metrics();
  }

  @Route(DESCRIPTION)
  description() {
    return describeApi(declaredEndpoints, CONTROLLER_VERSION);
  }
}
