import { randomUUID } from 'node:crypto';
import { closeSync, fdatasync, ftruncateSync, openSync, readdirSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENT_CLOSED_SUFFIX, SEGMENT_OPEN_SUFFIX, type SegmentHeader } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import { type EventInstant, instantNow, readBootId, startTicksOf } from '../../platform/box-identity.js';
import type { RecordedEvent } from '../../platform/feature.js';

/** Bytes of the agent's own events that wait on disk; past it they are counted instead. */
const SPOOL_LIMIT_BYTES = 8 * 1024 * 1024;
const SEGMENT_BYTES = 256 * 1024;
const SEGMENT_AGE_MS = 60_000;
/** An event that is larger is written without its details. */
const EVENT_BYTES = 32 * 1024;
/** A power cut loses at most what was recorded after the last sync. */
const SYNC_MS = 1_000;
/** After a failed write nothing is tried for this long. */
const RETRY_MS = 1_000;

interface OpenSegment {
  readonly stream: string;
  readonly fd: number;
  readonly openedAtMs: number;
  bytes: number;
}

/**
 * Writes the agent's own events into segments of its own. Never throws: what can't be written is counted, and the count is written
 * as a loss once there is room.
 */
export class EventRecorder {
  private readonly bootId = readBootId();
  private segment: OpenSegment | null = null;
  private lost = 0;
  private lostFrom = '';
  private lostReason = '';
  private retryAtMs = 0;
  private syncTimer: NodeJS.Timeout | null = null;

  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
    private readonly limitBytes = SPOOL_LIMIT_BYTES,
  ) {}

  /** `at`: when it happened, where that was before now. */
  record(event: RecordedEvent, at: EventInstant = instantNow()): void {
    const now = instantNow();
    try {
      if (performance.now() < this.retryAtMs) throw new Error(this.lostReason);
      if (this.lost > 0) this.reportLoss(now);
      this.append(this.lineOf(event, at));
    } catch (error) {
      this.lose(now.time, messageOf(error));
    }
  }

  /** Closes the segment. Losses that found no room are logged: there is nowhere else for them. */
  close(): void {
    if (this.syncTimer) clearTimeout(this.syncTimer);
    try {
      if (this.lost > 0) this.reportLoss(instantNow());
      this.rotate();
    } catch (error) {
      this.logger.error('events of the agent were lost', { lost: this.lost, reason: messageOf(error) });
    }
  }

  private lineOf(event: RecordedEvent, at: EventInstant): Buffer {
    const stamped = { ...event, ...at, bootId: this.bootId };
    const line = Buffer.from(`${JSON.stringify(stamped)}\n`);
    if (line.length <= EVENT_BYTES || event.kind !== 'system') return line;
    const shortened = { ...stamped, message: event.message.slice(0, 2000), details: { shortened: true } };
    return Buffer.from(`${JSON.stringify(shortened)}\n`);
  }

  private reportLoss(now: EventInstant): void {
    const loss = { kind: 'loss', from: this.lostFrom, to: now.time, lost: this.lost, reason: this.lostReason.slice(0, 500) } as const;
    this.append(this.lineOf(loss, now));
    this.lost = 0;
  }

  private lose(now: string, reason: string): void {
    if (this.lost === 0) {
      this.lostFrom = now;
      this.logger.error('events of the agent cannot be written and are counted instead', { reason });
    }
    this.lost++;
    this.lostReason = reason;
    if (performance.now() >= this.retryAtMs) this.retryAtMs = performance.now() + RETRY_MS;
  }

  private append(line: Buffer): void {
    if (this.segment && (this.segment.bytes >= SEGMENT_BYTES || performance.now() - this.segment.openedAtMs >= SEGMENT_AGE_MS))
      this.rotate();
    this.segment ??= this.openSegment();
    const { fd, bytes } = this.segment;
    let written = 0;
    try {
      while (written < line.length) written += writeSync(fd, line, written);
    } catch (error) {
      // What a full disk cut off must not run into the next line.
      if (written > 0) ftruncateSync(fd, bytes);
      throw error;
    }
    this.segment.bytes += line.length;
    this.syncTimer ??= setTimeout(() => this.sync(), SYNC_MS).unref();
  }

  private openSegment(): OpenSegment {
    const used = this.usedBytes();
    if (used >= this.limitBytes) throw new Error(`${used} bytes of the agent's events wait already`);
    const stream = randomUUID();
    const header: SegmentHeader = {
      version: 1,
      stream,
      openedAt: new Date().toISOString(),
      bootId: this.bootId,
      pid: process.pid,
      startTicks: startTicksOf('self') ?? 0,
      writer: 'agent',
    };
    const line = Buffer.from(`${JSON.stringify(header)}\n`);
    const fd = openSync(join(this.folder, stream + SEGMENT_OPEN_SUFFIX), 'ax', 0o600);
    const segment = { stream, fd, openedAtMs: performance.now(), bytes: line.length };
    try {
      for (let written = 0; written < line.length;) written += writeSync(fd, line, written);
    } catch (error) {
      // The shipper removes a file without a header after a while.
      closeSync(fd);
      throw error;
    }
    return segment;
  }

  private usedBytes(): number {
    const names = readdirSync(this.folder).filter((name) => name.endsWith(SEGMENT_CLOSED_SUFFIX) || name.endsWith(SEGMENT_OPEN_SUFFIX));
    return names.reduce((sum, name) => sum + (statSync(join(this.folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  private rotate(): void {
    const { segment } = this;
    if (!segment) return;
    this.segment = null;
    closeSync(segment.fd);
    renameSync(join(this.folder, segment.stream + SEGMENT_OPEN_SUFFIX), join(this.folder, segment.stream + SEGMENT_CLOSED_SUFFIX));
  }

  private sync(): void {
    this.syncTimer = null;
    if (!this.segment) return;
    fdatasync(this.segment.fd, (error) => {
      // A segment that was closed meanwhile is in the page cache like any other file.
      if (error && error.code !== 'EBADF') this.logger.warn('events of the agent could not be synced', { error: error.message });
    });
  }
}
