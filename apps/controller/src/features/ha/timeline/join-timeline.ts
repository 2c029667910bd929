import { createHash } from 'node:crypto';
import type { HaSettings, HaTimelineItem } from '@phalanx/contracts';
import { type Mastership, mastershipsOf } from './masterships.js';
import { compareTransitions, type Transition } from './transition.js';

export interface TimelineCommand {
  readonly id: string;
  readonly kind: string;
  readonly applianceId: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

export interface TimelineSources {
  readonly clusterId: string;
  readonly settings: HaSettings;
  /** Names of appliances, also of former members. */
  readonly names: ReadonlyMap<string, string>;
  readonly transitions: readonly Transition[];
  readonly commands: readonly TimelineCommand[];
  /** When each box that reports to be master said so last, by appliance (milliseconds): what it last told of was no end of it. */
  readonly stillMasters: ReadonlyMap<string, number>;
}

/** So many moves of the addresses within the window are flapping. */
export const FLAP_COUNT = 5;
export const FLAP_WINDOW_MS = 600_000;
/** What a member told within this around the other's take-over has to do with it. */
const SAME_MOVE_MS = 2_000;
/** Masters that overlap for no longer than this (and what the clocks may be off) hand over. */
const HAND_OVER_MS = 200;

/**
 * One history of a pair out of what both members told. Depends on nothing but what it is given: an event that comes late or out of order leads to the
 * same history as one that came in time. Oldest first.
 */
export function joinTimeline(sources: TimelineSources): HaTimelineItem[] {
  const ordered = { ...sources, transitions: sources.transitions.toSorted(compareTransitions) };
  const masterships = mastershipsOf(ordered.transitions);
  const moves = movesOf(ordered, masterships);
  const used = new Set(moves.flatMap((item) => item.transitions.map(({ eventId }) => eventId)));
  const items = [
    ...moves,
    ...overlaps(ordered, masterships),
    ...absences(ordered, masterships),
    ...flaps(ordered, moves),
    ...ordered.transitions.filter(({ eventId }) => !used.has(eventId)).map((transition) => memberItem(ordered, transition)),
    ...ordered.commands.map((command) => commandItem(ordered, command)),
  ];
  return items.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}

/** Each time that a member became master: after the other, after itself, or as the first. */
function movesOf(sources: TimelineSources, masterships: readonly Mastership[]): HaTimelineItem[] {
  return masterships.map((current, index) => {
    const before = masterships[index - 1] ?? null;
    return before ? moveItem(sources, before, current) : memberItem(sources, current.start);
  });
}

function moveItem(sources: TimelineSources, before: Mastership, { start, applianceId }: Mastership): HaTimelineItem {
  const isPart =
    before.ending === 'said' && before.end!.atMs - start.atMs <= SAME_MOVE_MS + before.end!.uncertaintyMs + start.uncertaintyMs;
  const left = isPart ? before.end! : null;
  const isSame = before.applianceId === applianceId;
  const { gapMs, isEstimated } = gapOf(sources.settings, before, start);
  // An order stands on after it was carried out: what a member says of its reason decides whether this was it.
  const isOrderedMove = left ? isOrdered(left) : start.event.cause === 'ordered' || start.event.cause === 'peer-yielded';
  const orderId = isOrderedMove ? (left ?? start).event.commandId : null;
  const command = sources.commands.find(({ id }) => id === orderId) ?? null;
  const cause = left ? left.event.cause : start.event.cause;
  const [from, to] = [nameOf(sources, before.applianceId), nameOf(sources, applianceId)];
  const gap =
    gapMs === null
      ? 'for how long nobody held the addresses is not known'
      : `${isEstimated ? 'about ' : ''}${Math.round(gapMs)} ms without a master`;
  const who = command ? ` by ${command.by}: ${command.reason}` : '';
  const moved = isSame ? `${to} is master again after ${cause}` : `from ${from} to ${to} because of ${cause}`;
  const uncertaintyMs = start.uncertaintyMs + (left && !isSame ? left.uncertaintyMs : 0);
  return {
    ...common(sources, isSame ? 'member' : 'failover', start),
    at: instant(left && left.atMs < start.atMs ? left.atMs : start.atMs),
    endedAt: instant(start.atMs),
    uncertaintyMs: isEstimated ? uncertaintyMs + sources.settings.advertMs : uncertaintyMs,
    planned: command !== null && command.by !== 'system',
    orderedBy: command?.by ?? null,
    commandId: command?.id ?? null,
    cause,
    fromApplianceId: before.applianceId,
    toApplianceId: applianceId,
    gapMs,
    message: `${moved}${who}; ${gap}`,
    transitions: [...(left ? [left] : []), start].map(shown),
  };
}

/** What an order brought about, by the member's own word. */
function isOrdered({ event }: Transition): boolean {
  return event.cause === 'ordered';
}

/**
 * Milliseconds without a master. A member that fell silent let go at a moment that nobody saw; its peer took over after the time of silence that VRRP
 * prescribes, which began with the last advertisement. @see RFC 9568 6.1 Active_Down_Interval
 */
function gapOf(
  { advertMs }: HaSettings,
  { ending, end, applianceId }: Mastership,
  start: Transition,
): { readonly gapMs: number | null; readonly isEstimated: boolean } {
  // A member that hands over, or whose daemon is only replaced, keeps the addresses until then.
  if (ending === 'said' && end!.event.held.length > 0) return { gapMs: 0, isEstimated: false };
  if (ending === 'said') return { gapMs: Math.max(0, start.atMs - end!.atMs), isEstimated: false };
  if (start.event.cause !== 'peer-silent' || start.applianceId === applianceId) return { gapMs: null, isEstimated: false };
  const skewMs = ((256 - start.event.priority) * advertMs) / 256;
  return { gapMs: 3 * advertMs + skewMs, isEstimated: true };
}

/** Times in which both held the addresses, and times in which one was master while nothing was heard of the other that had been. */
function overlaps(sources: TimelineSources, masterships: readonly Mastership[]): HaTimelineItem[] {
  const found: HaTimelineItem[] = [];
  for (const [index, current] of masterships.entries()) {
    const before = masterships.slice(0, index).findLast((other) => other.applianceId !== current.applianceId);
    if (!before) continue;
    const { start } = current;
    const names = [nameOf(sources, before.applianceId), nameOf(sources, current.applianceId)] as const;
    const end = before.end;
    if (end && end.atMs <= start.atMs) continue;
    const base = {
      ...common(sources, 'two-masters', start),
      fromApplianceId: before.applianceId,
      toApplianceId: current.applianceId,
      transitions: [start, ...(end ? [end] : [])].map(shown),
    };
    // That it still is, or was until it said otherwise, is known; else nobody knows until when it was.
    const untilMs =
      before.ending === 'said' ? end!.atMs : before.ending === 'open' ? sources.stillMasters.get(before.applianceId) : undefined;
    if (untilMs !== undefined && untilMs > start.atMs) {
      const overMs = current.ending === 'said' ? current.end!.atMs : Infinity;
      const isOver = before.ending === 'said' || overMs < Infinity;
      const uncertaintyMs = start.uncertaintyMs + (end ?? current.start).uncertaintyMs;
      const lastedMs = Math.min(untilMs, overMs) - start.atMs;
      if (lastedMs <= HAND_OVER_MS + uncertaintyMs) continue;
      const lasted = isOver ? `were both master for ${(lastedMs / 1000).toFixed(1)} s` : 'are both master';
      const endedAt = isOver ? instant(start.atMs + lastedMs) : null;
      found.push({ ...base, endedAt, uncertaintyMs, message: `${names[0]} and ${names[1]} ${lasted}` });
    } else {
      const message = end ? `${names[0]} had fallen silent as master` : `${names[0]} has told nothing since ${names[1]} took over`;
      const silent = { ...base, id: idOf(sources.clusterId, 'silent-peer', start.eventId), kind: 'silent-peer' as const };
      found.push({ ...silent, endedAt: end && instant(end.atMs), message });
    }
  }
  return found;
}

/** Times in which nobody held the addresses for longer than a take-over needs. */
function absences(sources: TimelineSources, masterships: readonly Mastership[]): HaTimelineItem[] {
  const patienceMs = 4 * sources.settings.advertMs + 1_000;
  return masterships.flatMap((mastership): HaTimelineItem[] => {
    if (mastership.ending !== 'said') return [];
    const end = mastership.end!;
    const isCovered = masterships.some((other) => other.start.atMs <= end.atMs && (other.ending !== 'said' || other.end!.atMs > end.atMs));
    const next = masterships.find((other) => other.start.atMs > end.atMs) ?? null;
    if (isCovered || (next && next.start.atMs - end.atMs <= patienceMs)) return [];
    return [
      {
        ...common(sources, 'no-master', end),
        at: instant(end.atMs),
        endedAt: next && instant(next.start.atMs),
        cause: end.event.cause,
        fromApplianceId: mastership.applianceId,
        toApplianceId: next?.applianceId ?? null,
        gapMs: next && next.start.atMs - end.atMs,
        message: `nobody was master after ${nameOf(sources, mastership.applianceId)} let go because of ${end.event.cause}`,
        transitions: [end, ...(next ? [next.start] : [])].map(shown),
      },
    ];
  });
}

/** Runs of moves of which each `FLAP_COUNT` in a row lie within the window. */
function flaps(sources: TimelineSources, moves: readonly HaTimelineItem[]): HaTimelineItem[] {
  const failovers = moves.filter(({ kind }) => kind === 'failover');
  const found: HaTimelineItem[] = [];
  for (let first = 0; first + FLAP_COUNT <= failovers.length; first++) {
    let last = first + FLAP_COUNT - 1;
    if (!isWithin(failovers[first]!, failovers[last]!)) continue;
    while (failovers[last + 1] && isWithin(failovers[last + 2 - FLAP_COUNT]!, failovers[last + 1]!)) last++;
    const run = failovers.slice(first, last + 1);
    found.push({
      ...run[0]!,
      id: idOf(sources.clusterId, 'flapping', run[0]!.transitions[0]!.eventId),
      kind: 'flapping',
      endedAt: run.at(-1)!.endedAt,
      planned: run.every(({ planned }) => planned),
      orderedBy: null,
      commandId: null,
      gapMs: run.reduce((sum, { gapMs }) => sum + (gapMs ?? 0), 0),
      message: `the addresses moved ${run.length} times`,
      transitions: run.flatMap(({ transitions }) => transitions).slice(0, 100),
    });
    first = last;
  }
  return found;
}

function isWithin(first: HaTimelineItem, last: HaTimelineItem): boolean {
  return Date.parse(last.at) - Date.parse(first.at) <= FLAP_WINDOW_MS;
}

function memberItem(sources: TimelineSources, transition: Transition): HaTimelineItem {
  const { event, applianceId } = transition;
  const command = sources.commands.find(({ id }) => id === event.commandId && isOrdered(transition)) ?? null;
  return {
    ...common(sources, 'member', transition),
    planned: command !== null && command.by !== 'system',
    orderedBy: command?.by ?? null,
    commandId: command?.id ?? null,
    fromApplianceId: event.from === 'master' ? applianceId : null,
    toApplianceId: event.to === 'master' ? applianceId : null,
    message: `${nameOf(sources, applianceId)}: ${event.from} to ${event.to}; ${event.message}`,
  };
}

function commandItem({ clusterId, names }: TimelineSources, { id, kind, applianceId, by, reason, at }: TimelineCommand): HaTimelineItem {
  const of = applianceId ? ` of ${names.get(applianceId) ?? applianceId}` : '';
  return {
    id,
    clusterId,
    kind: 'command',
    at: at.toISOString(),
    endedAt: null,
    uncertaintyMs: 0,
    planned: by !== 'system',
    orderedBy: by,
    commandId: id,
    cause: 'ordered',
    fromApplianceId: null,
    toApplianceId: null,
    gapMs: null,
    message: `${kind}${of} by ${by}: ${reason}`,
    transitions: [],
  };
}

/** What all kinds of items have; a single transition told of itself. */
function common({ clusterId }: TimelineSources, kind: HaTimelineItem['kind'], transition: Transition): HaTimelineItem {
  return {
    id: idOf(clusterId, kind, transition.eventId),
    clusterId,
    kind,
    at: instant(transition.atMs),
    endedAt: null,
    uncertaintyMs: transition.uncertaintyMs,
    planned: false,
    orderedBy: null,
    commandId: null,
    cause: transition.event.cause,
    fromApplianceId: null,
    toApplianceId: null,
    gapMs: null,
    message: transition.event.message,
    transitions: [shown(transition)],
  };
}

function shown({ applianceId, eventId, event, atMs }: Transition): HaTimelineItem['transitions'][number] {
  return { applianceId, eventId, from: event.from, to: event.to, cause: event.cause, at: instant(atMs) };
}

function nameOf({ names }: TimelineSources, applianceId: string): string {
  return names.get(applianceId) ?? applianceId;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The same item has the same id each time that it is worked out. A UUID of version 8. @see RFC 9562 5.8 */
function idOf(clusterId: string, kind: string, eventId: string): string {
  const digest = createHash('sha256').update(`${clusterId} ${kind} ${eventId}`).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
