import { readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicMs } from '../process-identity.js';

/** What lies in the spool. */
export interface SpoolUse {
  /** When the look began, in milliseconds since boot: what was written since may be missing. */
  readonly atMs: number;
  readonly bytes: number;
  readonly files: number;
}

/** Adds up a spool folder. Files that vanish meanwhile (shipped) count nothing. */
export async function measureSpool(folder: string): Promise<SpoolUse> {
  const atMs = monotonicMs();
  let bytes = 0;
  let files = 0;
  for (const name of await readdir(folder)) {
    try {
      bytes += (await stat(join(folder, name))).size;
      files++;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { atMs, bytes, files };
}

/** The same at once, for a writer that has used up its part. */
export function measureSpoolNow(folder: string): SpoolUse {
  const atMs = monotonicMs();
  const names = readdirSync(folder);
  const bytes = names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  return { atMs, bytes, files: names.length };
}

const MAX_RESERVE_BYTES = 16 * 1024 * 1024;
/** What is added within this time is remembered as one. */
const SLOT_MS = 10;

/** What was added in a short time. */
interface Addition {
  readonly fromMs: number;
  untilMs: number;
  bytes: number;
}

/**
 * How much one of several writers may still add. The folder is measured by one process for all; between two measurements each
 * writer takes at most its part of what was left. A reserve covers what the others wrote after the measurement.
 *
 * - A measurement counts from when it was taken, not from when it arrived: what this writer added meanwhile is added to it, and one
 *   that is older than the last is ignored. A busy writer reads its messages late.
 */
export class SpoolSpace {
  #limitBytes: number;
  #writers: number;
  #measured: SpoolUse = { atMs: 0, bytes: 0, files: 0 };
  /** Since the measurement, oldest first. */
  #additions: Addition[] = [];
  #addedBytes = 0;

  constructor(limitBytes: number, writers: number) {
    this.#limitBytes = limitBytes;
    this.#writers = writers;
  }

  configure(limitBytes: number, writers: number): void {
    this.#limitBytes = limitBytes;
    this.#writers = writers;
  }

  /** Takes a new measurement; what this writer added before it is in it. */
  measured(use: SpoolUse): void {
    if (use.atMs < this.#measured.atMs) return;
    this.#measured = use;
    this.#additions = this.#additions.filter((addition) => addition.untilMs >= use.atMs);
    this.#addedBytes = this.#additions.reduce((sum, addition) => sum + addition.bytes, 0);
  }

  /** Whether so many bytes may be added. */
  hasRoom(bytes: number): boolean {
    const usable = this.#limitBytes - Math.min(this.#limitBytes / 4, MAX_RESERVE_BYTES);
    return this.#addedBytes + bytes <= (usable - this.#measured.bytes) / this.#writers;
  }

  added(bytes: number): void {
    const nowMs = monotonicMs();
    const last = this.#additions.at(-1);
    if (last && nowMs - last.fromMs < SLOT_MS) {
      last.untilMs = nowMs;
      last.bytes += bytes;
    } else this.#additions.push({ fromMs: nowMs, untilMs: nowMs, bytes });
    this.#addedBytes += bytes;
  }

  /** Files that lay in the spool when it was measured: many mean that nobody ships them. */
  get files(): number {
    return this.#measured.files;
  }
}
