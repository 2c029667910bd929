import { join } from 'node:path';
import type { Disk } from '@phalanx/kit';
import { z } from 'zod';
import type { NotedCount } from './noted-packets.js';

const toldSchema = z.record(z.string(), z.strictObject({ packets: z.number(), bytes: z.number() }));
const SAVE_MS = 10_000;

/** What has been told in events, by code: an agent that comes back neither repeats it nor leaves out what happened meanwhile. */
export class ToldFile {
  private readonly path: string;
  private readonly told: Map<number, NotedCount>;
  private savedMs = 0;
  private hasChanged = false;

  constructor(
    private readonly disk: Disk,
    folder: string,
  ) {
    this.path = join(folder, 'told.json');
    const bytes = disk.read(this.path);
    const known = bytes ? toldSchema.safeParse(JSON.parse(bytes.toString('utf8'))) : null;
    this.told = new Map(Object.entries(known?.data ?? {}).map(([code, count]) => [Number(code), count]));
  }

  counts(): ReadonlyMap<number, NotedCount> {
    return this.told;
  }

  add(code: number, { packets, bytes }: NotedCount): void {
    const before = this.told.get(code) ?? { packets: 0, bytes: 0 };
    this.told.set(code, { packets: before.packets + packets, bytes: before.bytes + bytes });
    this.hasChanged = true;
  }

  /** Writes it when it is due. */
  save(isNow = false): void {
    if (!this.hasChanged || (!isNow && performance.now() - this.savedMs < SAVE_MS)) return;
    this.disk.replace(this.path, JSON.stringify(Object.fromEntries(this.told)));
    this.savedMs = performance.now();
    this.hasChanged = false;
  }
}
