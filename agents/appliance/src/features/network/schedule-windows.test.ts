import { describe, expect, it } from '@jest/globals';
import { type Schedule, WEEKDAYS } from '@phalanx/contracts';
import { windowsOf, windowText } from './schedule-windows.js';

const schedule = (from: string, to: string, days: Schedule['days'] = [...WEEKDAYS]): Schedule => ({ name: 'office', days, from, to });
const texts = (one: Schedule, zone: string, from: string, days: number) =>
  windowsOf(one, zone, Date.parse(from) + 6 * 86_400_000, days).map(({ from: start, to }) =>
    [start, to].map((at) => new Date(at * 1000).toISOString().slice(0, 16)).join(' '),
  );

describe('a schedule', () => {
  it('holds at local times of the site, also across the days on which its clocks change', () => {
    // Berlin goes from +1 to +2 on 2026-03-29 and back on 2026-10-25.
    expect(texts(schedule('08:00', '17:00'), 'Europe/Berlin', '2026-03-29T12:00:00Z', 3)).toEqual([
      '2026-03-28T07:00 2026-03-28T16:00',
      '2026-03-29T06:00 2026-03-29T15:00',
      '2026-03-30T06:00 2026-03-30T15:00',
    ]);
    expect(texts(schedule('01:00', '04:00', ['sun']), 'Europe/Berlin', '2026-10-25T12:00:00Z', 3)).toEqual([
      '2026-10-24T23:00 2026-10-25T03:00',
    ]);
    // 02:30 doesn't exist on that day: the clocks jump at 01:00 UTC.
    expect(texts(schedule('02:30', '03:30', ['sun']), 'Europe/Berlin', '2026-03-29T12:00:00Z', 3)).toEqual([
      '2026-03-29T01:00 2026-03-29T01:30',
    ]);
  });

  it('runs over midnight, and days that touch are one window', () => {
    expect(texts(schedule('22:00', '06:00', ['fri']), 'Asia/Seoul', '2026-11-20T12:00:00Z', 7)).toEqual([
      '2026-11-20T13:00 2026-11-20T21:00',
    ]);
    expect(texts(schedule('00:00', '00:00'), 'UTC', '2026-11-20T12:00:00Z', 4)).toEqual(['2026-11-19T00:00 2026-11-23T00:00']);
    expect(windowText({ from: 0, to: 60 })).toBe('"1970-01-01 00:00:00"-"1970-01-01 00:01:00"');
  });
});
