import { Controller, Inject } from '@nestjs/common';
import {
  eventQuerySchema,
  type EventView,
  eventViewSchema,
  idParamSchema,
  instantSchema,
  pageSchema,
  rollupQuerySchema,
  type RollupView,
  rollupViewSchema,
  uuidSchema,
} from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { z } from 'zod';
import { decodeCursor, toPage } from '../../platform/http/cursor.js';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { EventListRepository } from './event-list.repository.js';
import { toEventView } from './event-view.js';
import { RollupsRepository } from './rollups.repository.js';

const LIST = endpoint({
  method: 'GET',
  path: '/api/v1/events',
  summary: 'Events of boxes, newest first',
  permission: 'event:read',
  query: eventQuerySchema,
  answer: pageSchema(eventViewSchema),
});
const READ = endpoint({
  method: 'GET',
  path: '/api/v1/events/:id',
  summary: 'One event with the rules that matched',
  permission: 'event:read',
  params: idParamSchema,
  answer: eventViewSchema,
});
const ROLLUPS = endpoint({
  method: 'GET',
  path: '/api/v1/event-rollups',
  summary: 'Sums of attacks and of lost events by time',
  permission: 'event:read',
  query: rollupQuerySchema,
  answer: rollupViewSchema,
});

const placeSchema = z.tuple([instantSchema, uuidSchema]);
const MOST_BUCKETS = 1500;
const MINUTE_MS = 60_000;

@Controller()
export class EventsController {
  constructor(
    @Inject(EventListRepository) private readonly events: EventListRepository,
    @Inject(RollupsRepository) private readonly rollups: RollupsRepository,
  ) {}

  @Route(LIST)
  async list(@Input() { query }: InputOf<typeof LIST>) {
    const { cursor, ...rest } = query;
    const place = decodeCursor(cursor, placeSchema);
    const rows = await this.events.list(rest, place && { occurredAt: place[0], id: place[1] }, query.limit + 1);
    return toPage(rows, query.limit, toEventView, (row) => [row.occurredAt.toISOString(), row.id]);
  }

  @Route(READ)
  async read(@Input() { params }: InputOf<typeof READ>): Promise<EventView> {
    const [row] = await this.events.byIds([params.id]);
    if (!row) throw new AppError('not-found', 'events.not-found', 'there is no such event');
    return toEventView(row);
  }

  @Route(ROLLUPS)
  async sums(@Input() { query }: InputOf<typeof ROLLUPS>): Promise<RollupView> {
    const buckets = (Date.parse(query.to) - Date.parse(query.from)) / (query.bucketMinutes * MINUTE_MS);
    if (buckets <= 0 || buckets > MOST_BUCKETS)
      throw new AppError('invalid', 'events.bad-span', `ask for more than 0 and at most ${MOST_BUCKETS} buckets: to must be after from`);
    const rows = await this.rollups.read(query);
    const items = rows.map(({ at, blocked, detected, passed, lost, networkBlocked }) => ({
      at: at.toISOString(),
      blocked: Number(blocked),
      detected: Number(detected),
      passed: Number(passed),
      lost: Number(lost),
      networkBlocked: Number(networkBlocked),
    }));
    return { items };
  }
}
