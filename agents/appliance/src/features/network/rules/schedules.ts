import { windowsOf, windowText } from '../schedule-windows.js';
import type { PacketTable } from './packet-table.js';

/** Days for which the kernel knows a schedule's hours without being told again. */
export const SCHEDULE_DAYS = 400;

const PREFIX = 'schedule-';
export const scheduleSet = (name: string): string => PREFIX + name;
/** The schedule whose set it is, or null. */
export const scheduleOf = (set: string): string | null => (set.startsWith(PREFIX) ? set.slice(PREFIX.length) : null);

/** The hours of each schedule as moments in time: the kernel knows neither the site's zone nor when its clocks change. */
export function addSchedules(table: PacketTable, now: number): void {
  const { policy, timeZone } = table.network;
  for (const schedule of policy.schedules)
    table.fixed(scheduleSet(schedule.name), { fields: ['meta time'] }, windowsOf(schedule, timeZone, now, SCHEDULE_DAYS).map(windowText));
}
