import { BATCH_MAX_BYTES, BATCH_MAX_RECORDS, type EventBatch, type EventLine, writeEventBatch } from '@phalanx/contracts';
import { LINE_LIMIT_BYTES, visitLines } from './segment-lines.js';

/** A place in a segment file: the number of the next record and where its line begins. */
export interface SegmentPlace {
  readonly position: number;
  readonly offset: number;
}

export interface BuiltBatch {
  readonly first: number;
  readonly next: SegmentPlace;
  /** True when the batch ended because it was full, not because the file did. */
  readonly isFull: boolean;
  readonly payload: string;
}

/** Bytes that the frame and the finished streams may take. */
const FRAME_BYTES = 64 * 1024;
/** Bytes around each event. */
const ENVELOPE_BYTES = 20;
const SHOWN_CHARACTERS = 2000;
const OPENING_BRACE = 0x7b;
const REPEAT = /^\+(\d{1,15})$/;

/**
 * Reads the next batch of a stream. Whole events travel as the writer wrote them; `+<n>` lines are summed. A line that is neither is sent
 * as what it is, so that the controller buries it and every record stays accounted for. Null when there is no whole line.
 */
export function buildBatch(path: string, stream: string, from: SegmentPlace, finished: readonly string[]): BuiltBatch | null {
  const events: EventLine[] = [];
  const repeats = new Map<number, number>();
  let bytes = FRAME_BYTES;
  let { position, offset } = from;
  let isFull = false;
  visitLines(path, offset, (line, nextOffset) => {
    const repeated = line[0] === OPENING_BRACE ? null : repeatedPosition(line, position);
    if (repeated !== null) repeats.set(repeated, (repeats.get(repeated) ?? 0) + 1);
    else {
      const text = eventText(line);
      bytes += Math.max(line.length, text.length) + ENVELOPE_BYTES;
      isFull = bytes > BATCH_MAX_BYTES && events.length > 0;
      if (isFull) return false;
      events.push({ position, text });
    }
    position++;
    offset = nextOffset;
    isFull = position - from.position >= BATCH_MAX_RECORDS;
    return !isFull;
  });
  if (position === from.position) return null;
  const sums = [...repeats].map(([place, count]) => ({ position: place, count }));
  const frame: EventBatch = { version: 1, stream, first: from.position, next: position, repeats: sums, finished: [...finished] };
  const payload = writeEventBatch(frame, events);
  return { first: from.position, next: { position, offset }, isFull, payload };
}

/** The earlier record that the line repeats; null when it is no such line. */
function repeatedPosition(line: Buffer, position: number): number | null {
  const match = REPEAT.exec(line.toString('latin1', 0, 20));
  const repeated = match && line.length <= 16 ? Number(match[1]) : null;
  return repeated !== null && repeated < position ? repeated : null;
}

/** The line when it is JSON, else JSON that shows it. */
function eventText(line: Buffer): string {
  if (line.length <= LINE_LIMIT_BYTES) {
    const text = line.toString('utf8');
    try {
      JSON.parse(text);
      return text;
    } catch {
      return shown('not-json', line);
    }
  }
  return shown('too-long', line);
}

function shown(reason: string, line: Buffer): string {
  return JSON.stringify({ kind: 'unreadable', reason, text: line.toString('latin1', 0, SHOWN_CHARACTERS) });
}

/** Where a record begins. Null when the file has fewer records than that. */
export function findPlace(path: string, from: SegmentPlace, wanted: number): SegmentPlace | null {
  let { position, offset } = from;
  if (position === wanted) return from;
  visitLines(path, offset, (_line, nextOffset) => {
    position++;
    offset = nextOffset;
    return position < wanted;
  });
  return position === wanted ? { position, offset } : null;
}
