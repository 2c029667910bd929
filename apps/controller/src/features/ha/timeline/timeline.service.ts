import { Injectable } from '@nestjs/common';
import type { HaTimelineItem, haTimelineQuerySchema, Page } from '@phalanx/contracts';
import { instantSchema, uuidSchema } from '@phalanx/contracts';
import { z } from 'zod';
import { decodeCursor, toPage } from '../../../platform/http/cursor.js';
import { type PairEvent, PairEvents } from '../../events/index.js';
import { type BoxClock, BoxClocks } from '../../health/index.js';
import { CommandRows } from '../command-rows.repository.js';
import { PairRows } from '../pair-rows.repository.js';
import type { Pair } from '../pair.js';
import { joinTimeline } from './join-timeline.js';
import type { Transition } from './transition.js';

type Query = z.output<typeof haTimelineQuerySchema>;

const placeSchema = z.tuple([instantSchema, uuidSchema]);
const DAY_MS = 86_400_000;
const SHOWN_DAYS = 35;
/** Transitions before the time that is asked for, so that its first items know what came before them. */
const MARGIN_MS = DAY_MS;
/** Nobody measured the box's clock in the boot that an event is of. */
const UNMEASURED_MS = 1_000;

/** The history of pairs. In the transaction of the caller. */
@Injectable()
export class Timeline {
  constructor(
    private readonly pairs: PairRows,
    private readonly events: PairEvents,
    private readonly clocks: BoxClocks,
    private readonly commands: CommandRows,
  ) {}

  /** Newest first. */
  async page(pair: Pair, { from, to, cursor, limit }: Query): Promise<Page<HaTimelineItem>> {
    const place = decodeCursor(cursor, placeSchema);
    const until = to ? new Date(to) : new Date(Date.now() + DAY_MS);
    const items = await this.items(pair, from ? new Date(from) : new Date(Date.now() - SHOWN_DAYS * DAY_MS), until);
    const rest = items.toReversed().filter((item) => !place || item.at < place[0] || (item.at === place[0] && item.id < place[1]));
    return toPage(
      rest.slice(0, limit + 1),
      limit,
      (item) => item,
      (item) => [item.at, item.id],
    );
  }

  /** Oldest first: all that began within [from, to). */
  async items(pair: Pair, from: Date, to: Date): Promise<HaTimelineItem[]> {
    const { clusterId, settings, formerMembers } = pair;
    const memberIds = [...new Set([...pair.members.map(({ applianceId }) => applianceId), ...formerMembers])];
    const events = await this.events.of(clusterId, memberIds, new Date(from.getTime() - MARGIN_MS));
    const clocks = await this.clocks.ofBoots(memberIds);
    const items = joinTimeline({
      clusterId,
      settings,
      names: await this.pairs.namesOf(memberIds),
      transitions: events.map((event) => placed(event, clocks.get(event.applianceId) ?? [])),
      commands: await this.commands.ofCluster(clusterId),
      stillMasters: stillMastersOf(pair),
    });
    return items.filter(({ at }) => at >= from.toISOString() && at < to.toISOString());
  }
}

function stillMastersOf({ members }: Pair): ReadonlyMap<string, number> {
  const masters = members.filter(({ status }) => status?.state === 'master');
  return new Map(masters.flatMap(({ applianceId, statusAt }) => (statusAt ? [[applianceId, statusAt.getTime()] as const] : [])));
}

/** By the monotonic clock of the event's own boot where that was measured; else as it was placed when it came. */
function placed({ id, applianceId, occurredAt, body }: PairEvent, clocks: readonly BoxClock[]): Transition {
  const clock = clocks.find((candidate) => candidate.bootId === body.bootId);
  const { atMs, uncertaintyMs } = clock
    ? { atMs: Math.round(body.monotonicMs + clock.monotonicOffsetMs), uncertaintyMs: clock.uncertaintyMs }
    : { atMs: occurredAt.getTime(), uncertaintyMs: UNMEASURED_MS };
  return { eventId: id, applianceId, atMs, uncertaintyMs, event: body };
}
