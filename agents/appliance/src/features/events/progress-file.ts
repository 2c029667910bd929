import { join } from 'node:path';
import { AppError, type Disk, type Logger, messageOf } from '@phalanx/kit';
import type { SegmentPlace } from './batch-builder.js';

const SAVE_INTERVAL_MS = 2_000;

/**
 * How far each stream was acknowledged, over restarts. It only saves work: when it is lost or old, the controller's ledger answers
 * with the right place.
 */
export class ProgressFile {
  private readonly path: string;
  private remembered: Record<string, SegmentPlace> = {};
  private savedAtMs = 0;

  constructor(
    folder: string,
    private readonly disk: Disk,
    private readonly logger: Logger,
  ) {
    this.path = join(folder, 'progress.json');
    const stored = disk.read(this.path);
    if (!stored) return;
    try {
      this.remembered = parseProgress(stored.toString('utf8'));
    } catch (error) {
      logger.warn('the shipping progress could not be read; the controller knows it', { error: messageOf(error) });
    }
  }

  placeOf(stream: string): SegmentPlace | null {
    return this.remembered[stream] ?? null;
  }

  /** Saves at most every few seconds unless told otherwise. A full disk is no reason to stop shipping. */
  save(streams: Iterable<{ readonly id: string; readonly place: SegmentPlace | null }>, nowMs: number, force = false): void {
    if (!force && nowMs - this.savedAtMs < SAVE_INTERVAL_MS) return;
    this.savedAtMs = nowMs;
    const places: Record<string, SegmentPlace> = {};
    for (const { id, place } of streams) if (place && place.position > 0) places[id] = place;
    if (JSON.stringify(places) === JSON.stringify(this.remembered)) return;
    try {
      this.disk.replace(this.path, JSON.stringify(places));
      this.remembered = places;
    } catch (error) {
      this.logger.warn('the shipping progress could not be saved', { error: messageOf(error) });
    }
  }
}

function parseProgress(text: string): Record<string, SegmentPlace> {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null) throw new AppError('invalid', 'events.progress-malformed', 'it is no object');
  for (const place of Object.values(json) as Partial<SegmentPlace>[]) {
    if (!Number.isSafeInteger(place?.position) || !Number.isSafeInteger(place?.offset))
      throw new AppError('invalid', 'events.progress-malformed', 'a place is no pair of numbers');
  }
  return json as Record<string, SegmentPlace>;
}
