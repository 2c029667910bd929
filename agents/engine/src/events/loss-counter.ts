import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { SEGMENT_CLOSED_SUFFIX, type LossEvent } from '@phalanx/contracts';
import { monotonicMs, startTicksOf, type ProcessIdentity } from '../process-identity.js';
import { segmentHeaderLine } from './segment-file.js';

const SIZE = 128;
const MAGIC = 0x3143_4c50;
const NO_STREAM = '-'.repeat(36);

/** What the file holds. Counts are whole numbers below 2^53. */
interface LossRecord {
  lost: number;
  reported: number;
  fromMs: number;
  toMs: number;
  /** Stream of the segment that is being published, or `NO_STREAM`; with the amount it reports. */
  pendingStream: string;
  pendingAmount: number;
}

/**
 * Counts events that could not be written, in a small file whose blocks are taken beforehand: adding works on a full disk and
 * survives `kill -9`. A loss is reported as a segment of its own, by three steps of which each can be the last one before a
 * death: (1) the segment is written whole under a temporary name, (2) its stream is noted here, (3) it is renamed into the spool.
 * Whoever opens the file next finishes from there, so that each loss is reported once.
 */
export class LossCounter {
  readonly #path: string;
  readonly #spool: string;
  readonly #identity: ProcessIdentity;
  #fd: number | null = null;
  readonly #buffer = Buffer.alloc(SIZE);
  readonly #record: LossRecord = { lost: 0, reported: 0, fromMs: 0, toMs: 0, pendingStream: NO_STREAM, pendingAmount: 0 };

  /** Opens or makes the file and finishes what its last owner began. Where it can't be made (full disk) it counts in memory until `retry`. */
  constructor(path: string, spool: string, identity: ProcessIdentity) {
    this.#path = path;
    this.#spool = spool;
    this.#identity = identity;
    this.retry();
  }

  /** The pid of another process that still lives and owns the counter file, or null. */
  static ownerOf(path: string): number | null {
    const buffer = Buffer.alloc(SIZE);
    const fd = openSync(path, 'r');
    try {
      if (readSync(fd, buffer, 0, SIZE, 0) < SIZE || buffer.readUInt32LE(0) !== MAGIC) return null;
    } finally {
      closeSync(fd);
    }
    const pid = buffer.readUInt32LE(4);
    return pid !== process.pid && startTicksOf(pid) === buffer.readDoubleLE(8) ? pid : null;
  }

  /** Losses that no event in the spool tells of yet. */
  get unreported(): number {
    return this.#record.lost - this.#record.reported;
  }

  /** Counts events that could not be written. */
  add(count: number): void {
    const record = this.#record;
    const now = Date.now();
    if (this.unreported === 0) record.fromMs = now;
    record.toMs = now;
    record.lost += count;
    this.#store();
  }

  /** Tries again to get the file where that failed before. */
  retry(): void {
    if (this.#fd !== null) return;
    const isKnown = existsSync(this.#path);
    try {
      this.#fd = openSync(this.#path, isKnown ? 'r+' : 'wx+', 0o600);
      if (isKnown) this.#load();
      this.#store();
      fsyncSync(this.#fd);
    } catch {
      // No room for it yet: what is counted meanwhile stays in memory.
      if (this.#fd !== null) closeSync(this.#fd);
      this.#fd = null;
      if (!isKnown) rmSync(this.#path, { force: true });
      return;
    }
    this.#finishPending();
  }

  /** Writes one loss event for what is unreported. Throws the system's error when there is still no room; nothing changes then. */
  report(writer: string, reason: string): void {
    const record = this.#record;
    const amount = this.unreported;
    if (amount === 0) return;
    const stream = randomUUID();
    const event: LossEvent = {
      kind: 'loss',
      time: new Date().toISOString(),
      bootId: this.#identity.bootId,
      monotonicMs: monotonicMs(),
      from: new Date(record.fromMs).toISOString(),
      to: new Date(record.toMs).toISOString(),
      lost: amount,
      reason,
    };
    const temporary = this.#temporaryPath();
    const fd = openSync(temporary, 'w', 0o600);
    try {
      const data = Buffer.from(`${segmentHeaderLine(stream, this.#identity, writer)}${JSON.stringify(event)}\n`);
      for (let written = 0; written < data.length;) written += writeSync(fd, data, written);
      fsyncSync(fd);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
    record.pendingStream = stream;
    record.pendingAmount = amount;
    this.#store();
    this.#finishPending();
  }

  /** Lets go of the file, so that another process may own it. */
  close(): void {
    if (this.#fd === null) return;
    this.#buffer.writeUInt32LE(0, 4);
    writeSync(this.#fd, this.#buffer, 0, SIZE, 0);
    closeSync(this.#fd);
    this.#fd = null;
  }

  #temporaryPath(): string {
    return join(this.#spool, `.${basename(this.#path)}.tmp`);
  }

  #finishPending(): void {
    const record = this.#record;
    if (record.pendingStream === NO_STREAM) return;
    const temporary = this.#temporaryPath();
    if (existsSync(temporary)) renameSync(temporary, join(this.#spool, record.pendingStream + SEGMENT_CLOSED_SUFFIX));
    record.reported += record.pendingAmount;
    record.pendingStream = NO_STREAM;
    record.pendingAmount = 0;
    this.#store();
  }

  #load(): void {
    const buffer = this.#buffer;
    if (this.#fd === null || readSync(this.#fd, buffer, 0, SIZE, 0) < SIZE || buffer.readUInt32LE(0) !== MAGIC) return;
    const record = this.#record;
    // What was counted in memory before the file could be opened is added to what it holds.
    record.lost += buffer.readDoubleLE(16);
    record.reported += buffer.readDoubleLE(24);
    record.fromMs = record.fromMs === 0 ? buffer.readDoubleLE(32) : Math.min(record.fromMs, buffer.readDoubleLE(32) || record.fromMs);
    record.toMs = Math.max(record.toMs, buffer.readDoubleLE(40));
    record.pendingAmount = buffer.readDoubleLE(48);
    record.pendingStream = buffer.toString('latin1', 56, 92);
  }

  #store(): void {
    if (this.#fd === null) return;
    const { lost, reported, fromMs, toMs, pendingAmount, pendingStream } = this.#record;
    const buffer = this.#buffer;
    buffer.writeUInt32LE(MAGIC, 0);
    buffer.writeUInt32LE(this.#identity.pid, 4);
    buffer.writeDoubleLE(this.#identity.startTicks, 8);
    buffer.writeDoubleLE(lost, 16);
    buffer.writeDoubleLE(reported, 24);
    buffer.writeDoubleLE(fromMs, 32);
    buffer.writeDoubleLE(toMs, 40);
    buffer.writeDoubleLE(pendingAmount, 48);
    buffer.write(pendingStream, 56, 'latin1');
    writeSync(this.#fd, buffer, 0, SIZE, 0);
  }
}
