import { readFileSync, statfsSync } from 'node:fs';
import type { BoxMetrics } from '@phalanx/contracts';

/** CPU time since boot, in clock ticks. */
export interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** From the text of `/proc/stat`. Time that the hypervisor took (steal) counts as busy: the box did not have it. */
export function parseCpuTimes(stat: string): CpuTimes {
  const fields = stat.slice(0, stat.indexOf('\n')).split(/ +/).slice(1, 9).map(Number);
  const all = fields.reduce((sum, ticks) => sum + ticks, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busy: all - idle, all };
}

/** Share of all cores that was busy between two readings, 0 to 1. */
export function busyShare(before: CpuTimes, after: CpuTimes): number {
  const all = after.all - before.all;
  return all > 0 ? Math.min(1, Math.max(0, (after.busy - before.busy) / all)) : 0;
}

/** Used and total bytes from the text of `/proc/meminfo`; memory that the kernel would give back counts as free. */
export function parseMemory(meminfo: string): { usedBytes: number; totalBytes: number } {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0);
  const totalBytes = kilobytes('MemTotal') * 1024;
  return { usedBytes: totalBytes - kilobytes('MemAvailable') * 1024, totalBytes };
}

/** Reads the box's own figures from /proc and the file system of its home. */
export class BoxMeter {
  private before = readCpuTimes();

  constructor(private readonly root: string) {}

  /** CPU is the share since the last reading. */
  read(spool: { readonly bytes: number; readonly records: number }): BoxMetrics {
    const after = readCpuTimes();
    const cpu = busyShare(this.before, after);
    this.before = after;
    const memory = parseMemory(readFileSync('/proc/meminfo', 'latin1'));
    const disk = statfsSync(this.root);
    return {
      cpu,
      load1: firstNumber('/proc/loadavg'),
      memoryUsedBytes: memory.usedBytes,
      memoryTotalBytes: memory.totalBytes,
      diskUsedBytes: (disk.blocks - disk.bfree) * disk.bsize,
      diskTotalBytes: disk.blocks * disk.bsize,
      uptimeSeconds: firstNumber('/proc/uptime'),
      spoolBytes: spool.bytes,
      spoolRecords: spool.records,
    };
  }
}

function readCpuTimes(): CpuTimes {
  return parseCpuTimes(readFileSync('/proc/stat', 'latin1'));
}

function firstNumber(path: string): number {
  return Number(readFileSync(path, 'latin1').split(' ')[0]);
}
