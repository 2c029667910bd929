import { type Schedule, WEEKDAYS } from '@phalanx/contracts';

/** From when to when, in whole seconds since the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;

/**
 * When a schedule holds from the week before `fromMs` on, for so many days. Local times of the zone become instants one by one, so that days with
 * 23 or 25 hours are right; a local time that a day leaves out stands for the moment at which its clocks jump. Windows that touch are one.
 */
export function windowsOf(schedule: Schedule, timeZone: string, fromMs: number, days: number): TimeWindow[] {
  const clock = new ZoneClock(timeZone);
  const first = clock.localDay(fromMs) - 7 * DAY_MS;
  const isOvernight = schedule.to <= schedule.from;
  const windows: TimeWindow[] = [];
  for (let day = first; day < first + days * DAY_MS; day += DAY_MS) {
    // 1970-01-01 was a Thursday.
    const weekday = WEEKDAYS[(day / DAY_MS + 3) % 7]!;
    if (!schedule.days.includes(weekday)) continue;
    const from = clock.instant(day + minutesOf(schedule.from) * 60_000) / 1000;
    const to = clock.instant(day + (isOvernight ? DAY_MS : 0) + minutesOf(schedule.to) * 60_000) / 1000;
    const before = windows.at(-1);
    if (before && from <= before.to) windows[windows.length - 1] = { from: before.from, to: Math.max(before.to, to) };
    else if (to > from) windows.push({ from, to });
  }
  return windows;
}

/** As nft writes it where the zone is UTC. */
export function windowText({ from, to }: TimeWindow): string {
  const text = (seconds: number) => `"${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}"`;
  return `${text(from)}-${text(to)}`;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** A zone's local time, counted as if it were UTC. */
class ZoneClock {
  private readonly format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    const two = '2-digit' as const;
    this.format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
  }

  localDay(instant: number): number {
    return Math.floor(this.local(instant) / DAY_MS) * DAY_MS;
  }

  /** The first instant at which the zone's clocks show that local time, or have passed it. */
  instant(local: number): number {
    const guesses = [local - this.offset(local - DAY_MS), local - this.offset(local + DAY_MS)].sort((a, b) => a - b);
    const exact = guesses.find((guess) => this.local(guess) === local);
    if (exact !== undefined) return exact;
    // The clocks jump over it: search the jump between the two guesses.
    let [before, after] = guesses as [number, number];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (this.local(middle) < local) before = middle;
      else after = middle;
    }
    return after;
  }

  private offset(instant: number): number {
    return this.local(instant) - instant;
  }

  private local(instant: number): number {
    const parts = Object.fromEntries(this.format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }
}
