import type { BoxClock } from '../health/index.js';

const DAY_MS = 86_400_000;
/** How far from its receipt an event may be placed. What claims to be older or newer is set to the bound. */
const OLDEST_MS = 7 * DAY_MS;
const NEWEST_MS = 5 * 60_000;

interface BoxTimes {
  readonly time: string;
  readonly bootId: string;
  readonly monotonicMs: number;
}

/**
 * When an event happened, in milliseconds of the controller's clock. Within the boot that the last heartbeats came from, the
 * monotonic clock decides: it does not jump when the box's wall clock is set. Otherwise the wall clock is corrected by the
 * measured offset. With no measurement, a wall clock that can't be right gives way to the time of receipt.
 */
export function placeInTime(event: BoxTimes, clock: BoxClock | null, receivedAtMs: number): number {
  const oldest = receivedAtMs - OLDEST_MS;
  const newest = receivedAtMs + NEWEST_MS;
  const wall = Date.parse(event.time);
  if (!clock) return wall < oldest || wall > newest ? receivedAtMs : wall;
  const placed = Math.round(event.bootId === clock.bootId ? event.monotonicMs + clock.monotonicOffsetMs : wall + clock.wallOffsetMs);
  return Math.min(Math.max(placed, oldest), newest);
}
