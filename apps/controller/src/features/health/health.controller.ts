import { Controller, Inject } from '@nestjs/common';
import {
  healthHistoryQuerySchema,
  type HealthHistoryView,
  healthHistoryViewSchema,
  type HealthView,
  healthViewSchema,
  idParamSchema,
} from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { HealthMinutesRepository } from './health-minutes.repository.js';
import { HealthRepository, type HealthRow } from './health.repository.js';

const READ = endpoint({
  method: 'GET',
  path: '/api/v1/appliances/:id/health',
  summary: 'How a box is now: link, clock, load, engine',
  permission: 'health:read',
  params: idParamSchema,
  answer: healthViewSchema,
});
const HISTORY = endpoint({
  method: 'GET',
  path: '/api/v1/appliances/:id/health/history',
  summary: 'How a box was, by time',
  permission: 'health:read',
  params: idParamSchema,
  query: healthHistoryQuerySchema,
  answer: healthHistoryViewSchema,
});

const MOST_BUCKETS = 1500;
const MINUTE_MS = 60_000;

@Controller()
export class HealthController {
  constructor(
    @Inject(HealthRepository) private readonly health: HealthRepository,
    @Inject(HealthMinutesRepository) private readonly minutes: HealthMinutesRepository,
  ) {}

  @Route(READ)
  async read(@Input() { params }: InputOf<typeof READ>): Promise<HealthView> {
    const { tenantId, online, lastSeenAt, certificateNotAfter, ...rest } = await this.find(params.id);
    return {
      applianceId: params.id,
      tenantId,
      online: online ?? false,
      lastSeenAt: lastSeenAt?.toISOString() ?? null,
      certificateNotAfter: certificateNotAfter?.toISOString() ?? null,
      ...rest,
    };
  }

  @Route(HISTORY)
  async history(@Input() { params, query }: InputOf<typeof HISTORY>): Promise<HealthHistoryView> {
    const buckets = (Date.parse(query.to) - Date.parse(query.from)) / (query.bucketMinutes * MINUTE_MS);
    if (buckets <= 0 || buckets > MOST_BUCKETS)
      throw new AppError('invalid', 'health.bad-span', `ask for more than 0 and at most ${MOST_BUCKETS} buckets: to must be after from`);
    await this.find(params.id);
    const rows = await this.minutes.read(params.id, query.from, query.to, query.bucketMinutes);
    return { items: rows.map(({ at, heartbeats, ...rest }) => ({ at: at.toISOString(), heartbeats: Number(heartbeats), ...rest })) };
  }

  private async find(applianceId: string): Promise<HealthRow> {
    const row = await this.health.read(applianceId);
    if (!row) throw new AppError('not-found', 'health.not-found', 'there is no such appliance');
    return row;
  }
}
