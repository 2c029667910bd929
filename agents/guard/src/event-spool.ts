import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENT_CLOSED_SUFFIX, SEGMENT_OPEN_SUFFIX, type SegmentHeader, type SystemEvent } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import { type Moment, processOf, readBootId } from './box-clock.js';

export type GuardEvent = Pick<SystemEvent, 'code' | 'severity' | 'message' | 'details'>;

/** Events that found no room are kept for a next try; of too many the oldest go. */
const MAX_WAITING = 200;

/**
 * Writes the guard's events where the agent finds them, each in a segment of its own that is whole and synced at once: they are few, and must
 * outlive everything. Never throws.
 */
export class EventSpool {
  private readonly bootId = readBootId();
  private readonly waiting: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
  ) {}

  record(event: GuardEvent, at: Moment): void {
    this.logger.info(event.message, { code: event.code, ...event.details });
    const { time, monotonicMs } = at;
    const whole: SystemEvent = { kind: 'system', time, bootId: this.bootId, monotonicMs, ...event };
    this.waiting.push(`${JSON.stringify(whole)}\n`);
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
    this.flush();
  }

  /** Writes what waits. */
  flush(): void {
    if (this.waiting.length === 0) return;
    try {
      this.write(this.waiting.join(''));
      this.waiting.length = 0;
    } catch (error) {
      this.logger.error('events cannot be written and are tried again', { reason: messageOf(error), waiting: this.waiting.length });
    }
  }

  private write(lines: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const stream = randomUUID();
    const header: SegmentHeader = {
      version: 1,
      stream,
      openedAt: new Date().toISOString(),
      bootId: this.bootId,
      pid: process.pid,
      startTicks: processOf('self')?.startTicks ?? 0,
      writer: 'guard',
    };
    const open = join(this.folder, stream + SEGMENT_OPEN_SUFFIX);
    const fd = openSync(open, 'ax', 0o600);
    try {
      const bytes = Buffer.from(`${JSON.stringify(header)}\n${lines}`);
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(open, join(this.folder, stream + SEGMENT_CLOSED_SUFFIX));
  }
}
