import { readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in the spool. */
export interface SpoolUse {
  readonly bytes: number;
  readonly files: number;
}

/** Adds up a spool folder. Files that vanish meanwhile (shipped) count nothing. */
export async function measureSpool(folder: string): Promise<SpoolUse> {
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
  return { bytes, files };
}

/** The same at once, for a writer that has used up its part. */
export function measureSpoolNow(folder: string): SpoolUse {
  const names = readdirSync(folder);
  const bytes = names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  return { bytes, files: names.length };
}

const MAX_RESERVE_BYTES = 16 * 1024 * 1024;

/**
 * How much one of several writers may still add. The folder is measured by one process for all; between two measurements each
 * writer takes at most its part of what was left. A reserve covers what the others wrote after the measurement.
 */
export class SpoolSpace {
  #limitBytes: number;
  #writers: number;
  #measured: SpoolUse = { bytes: 0, files: 0 };
  #addedBytes = 0;

  constructor(limitBytes: number, writers: number) {
    this.#limitBytes = limitBytes;
    this.#writers = writers;
  }

  configure(limitBytes: number, writers: number): void {
    this.#limitBytes = limitBytes;
    this.#writers = writers;
  }

  /** Takes a new measurement; what this writer added before is in it. */
  measured(use: SpoolUse): void {
    this.#measured = use;
    this.#addedBytes = 0;
  }

  /** Whether so many bytes may be added. */
  hasRoom(bytes: number): boolean {
    const usable = this.#limitBytes - Math.min(this.#limitBytes / 4, MAX_RESERVE_BYTES);
    return this.#addedBytes + bytes <= (usable - this.#measured.bytes) / this.#writers;
  }

  added(bytes: number): void {
    this.#addedBytes += bytes;
  }

  /** Files that lay in the spool when it was measured: many mean that nobody ships them. */
  get files(): number {
    return this.#measured.files;
  }
}
