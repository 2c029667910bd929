import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENT_CLOSED_SUFFIX, SEGMENT_OPEN_SUFFIX, uuidSchema } from '@phalanx/contracts';
import { SpooledStream } from './spooled-stream.js';

export interface SpoolFigures {
  /** Bytes that are not acknowledged. */
  readonly bytes: number;
  /** Records that are not acknowledged; an estimate from the size of those that were sent. */
  readonly records: number;
}

const TYPICAL_RECORD_BYTES = 900;

/** The segment files of some folders. */
export class Spool {
  readonly streams = new Map<string, SpooledStream>();
  private shippedBytes = 0;
  private shippedRecords = 0;

  constructor(private readonly folders: readonly string[]) {}

  /** Looks for new files and for those that their writers closed. New ones come oldest first. */
  scan(): void {
    const found: { id: string; folder: string; isClosed: boolean }[] = [];
    for (const folder of this.folders) {
      for (const name of namesIn(folder)) {
        const isClosed = name.endsWith(SEGMENT_CLOSED_SUFFIX);
        if (!isClosed && !name.endsWith(SEGMENT_OPEN_SUFFIX)) continue;
        const id = name.slice(0, name.lastIndexOf('.'));
        const known = this.streams.get(id);
        if (known) known.isClosed ||= isClosed;
        else if (uuidSchema.safeParse(id).success) found.push({ id, folder, isClosed });
      }
    }
    const dated = found.map((file) => ({ ...file, atMs: changedAt(file.folder, file.id, file.isClosed) }));
    for (const { id, folder, isClosed } of dated.sort((a, b) => a.atMs - b.atMs))
      this.streams.set(id, new SpooledStream(id, folder, isClosed));
  }

  /** Notes what was acknowledged, for the estimate of records. */
  count(records: number, bytes: number): void {
    this.shippedRecords += Math.max(0, records);
    this.shippedBytes += Math.max(0, bytes);
  }

  figures(): SpoolFigures {
    let bytes = 0;
    for (const stream of this.streams.values()) bytes += Math.max(0, sizeOf(stream.path) - (stream.place?.offset ?? 0));
    const recordBytes = this.shippedRecords > 0 ? this.shippedBytes / this.shippedRecords : TYPICAL_RECORD_BYTES;
    return { bytes, records: Math.ceil(bytes / recordBytes) };
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // The engine makes its spool when it starts.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function changedAt(folder: string, id: string, isClosed: boolean): number {
  const path = join(folder, id + (isClosed ? SEGMENT_CLOSED_SUFFIX : SEGMENT_OPEN_SUFFIX));
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
