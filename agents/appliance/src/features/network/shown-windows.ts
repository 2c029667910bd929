import type { Schedule } from '@phalanx/contracts';
import { SCHEDULE_DAYS } from './rules/schedules.js';
import { type TimeWindow, windowsOf } from './schedule-windows.js';

/** A schedule whose hours the kernel knows for less than this needs to be told again. */
const SHORTEST_HORIZON_SECONDS = 30 * 86_400;
const DAY_MS = 86_400_000;
/** A policy has at most so many schedules. */
const REMEMBERED = 100;

/**
 * Hours of a schedule move on with the calendar: as long as those that the kernel holds are the schedule's own, and reach far enough, they are shown
 * as that; otherwise as they are.
 */
export function shownWindows(elements: readonly string[], schedule: Schedule, timeZone: string, nowMs: number): readonly string[] {
  const now = Math.floor(nowMs / 1000);
  const held = elements.map(windowOf);
  const own = ownWindows(schedule, timeZone, Math.floor(nowMs / DAY_MS));
  const needed = own
    .map(({ from, to }) => ({ from: Math.max(from, now), to: Math.min(to, now + SHORTEST_HORIZON_SECONDS) }))
    .filter(({ from, to }) => from < to);
  const isWithin = (inner: TimeWindow, windows: readonly TimeWindow[]) =>
    windows.some(({ from, to }) => from <= inner.from && inner.to <= to);
  const isOwn = held.every((window) => isWithin(window, own)) && needed.every((window) => isWithin(window, held));
  return isOwn ? ['as the schedule says'] : elements;
}

function windowOf(element: string): TimeWindow {
  const [from = '', to = from] = element.split('"').filter((part) => /\d/.test(part));
  const seconds = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;
  return { from: seconds(from), to: seconds(to) };
}

const remembered = new Map<string, readonly TimeWindow[]>();

/** Three years of a calendar take a while, and change once a day. */
function ownWindows(schedule: Schedule, timeZone: string, today: number): readonly TimeWindow[] {
  const key = JSON.stringify([schedule, timeZone, today]);
  const known = remembered.get(key) ?? windowsOf(schedule, timeZone, (today - SCHEDULE_DAYS) * DAY_MS, 3 * SCHEDULE_DAYS);
  if (remembered.size >= REMEMBERED && !remembered.has(key)) remembered.clear();
  remembered.set(key, known);
  return known;
}
