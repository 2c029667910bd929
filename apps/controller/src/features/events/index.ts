/**
 * Events: takes batches from boxes (topic `up/events`, answered on `down/ack` after the commit), keeps them and shows them.
 * Owns the tables `events`, `event_rollups`, `event_ledger` and `dead_letters`, the job `events.forget-streams`, and the routes
 * `/api/v1/events`, `/api/v1/events/:id` and `/api/v1/event-rollups`.
 *
 * - An event is one (appliance, stream, position). The ledger's place, the rows, the sums and the dead letters commit together, so a
 *   batch that is repeated, reordered or cut off by a crash changes nothing twice.
 * - Every record of a batch is accounted for: as a row, in a row's count, or as a dead letter.
 * - What the packet engine stopped is summed apart from what the engine refused: packets are not requests.
 * - Tenant and appliance come from the topic; nothing of the payload decides whose an event is.
 *
 * Callers: live (reads bodies for open screens), ha (what members of pairs told, by `PairEvents`).
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { eventsConfig } from './events.config.js';
import { EventsModule } from './events.module.js';
import { Events1763740000100 } from './migrations/1-events.js';
import { StreamSpans1763740000300 } from './migrations/2-stream-spans.js';
import { PairEvents1763790000600 } from './migrations/3-pair-events.js';
import { NetworkRollups1763790000800 } from './migrations/4-network-rollups.js';

export { EventListRepository } from './event-list.repository.js';
export { toEventView } from './event-view.js';
export { EventsModule } from './events.module.js';

export { type PairEvent, PairEvents } from './pair-events.repository.js';

export const eventsMigrations = [Events1763740000100, StreamSpans1763740000300, PairEvents1763790000600, NetworkRollups1763790000800];

export const eventsFeature: ControllerFeature = {
  name: 'events',
  module: EventsModule,
  migrations: eventsMigrations,
  config: [eventsConfig],
};
