import { applianceEventSchema, type EventBatch, eventBatchSchema } from '@phalanx/contracts';
import { AppError, messageOf } from '@phalanx/kit';
import type { BoxClock } from '../health/index.js';
import { eventIdsOf } from './event-id.js';
import { type DeadLetter, type EventRow, shownPayload, toRow } from './event-row.js';
import { placeInTime } from './event-time.js';

/** More in one event than any box can refuse between two heartbeats; sums of sums must stay below 2^63. */
const COUNT_LIMIT = 1_000_000_000;
/** Escapes that PostgreSQL's text can't hold: NUL and surrogates (which may be unpaired). */
const SUSPECT_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

/** A batch whose frame is understood; its events are not judged yet. */
export interface ReceivedBatch {
  readonly frame: EventBatch;
  /** True when some text in it may be one that PostgreSQL refuses. */
  readonly isSuspect: boolean;
}

/** What a batch comes to. */
export interface JudgedBatch {
  readonly rows: readonly EventRow[];
  readonly deadLetters: readonly DeadLetter[];
  /** Further refusals of events of earlier batches, by position. */
  readonly earlier: ReadonlyMap<number, number>;
}

/** Reads the frame of a batch. Throws `invalid` where it is none: nothing of it can be kept apart then. */
export function readBatch(payload: Buffer): ReceivedBatch {
  let json: unknown;
  const text = payload.toString('utf8');
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid', 'events.batch-not-json', 'a batch of events is not JSON', { cause });
  }
  const parsed = eventBatchSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AppError('invalid', 'events.batch-malformed', `a batch of events is malformed: ${issue?.path.join('.')} ${issue?.message}`);
  }
  const frame = parsed.data;
  const isOrdered = frame.events.every(({ position }, index) => position > (frame.events[index - 1]?.position ?? -1));
  const isInside = frame.events.every(({ position }) => position >= frame.first && position < frame.next);
  if (!isOrdered || !isInside || frame.repeats.some(({ position }) => position >= frame.next))
    throw new AppError('invalid', 'events.batch-malformed', 'a batch of events names positions that are not its own');
  const records = frame.repeats.reduce((sum, { count }) => sum + count, frame.events.length);
  if (records !== frame.next - frame.first)
    throw new AppError('invalid', 'events.batch-malformed', 'a batch of events does not account for each of its records');
  return { frame, isSuspect: SUSPECT_ESCAPE.test(text) };
}

/** Parses the events one by one; what can't be stored becomes a dead letter. */
export function judgeBatch(batch: ReceivedBatch, applianceId: string, clock: BoxClock | null, receivedAtMs: number): JudgedBatch {
  const { frame, isSuspect } = batch;
  const idOf = eventIdsOf(applianceId, frame.stream);
  const rows: EventRow[] = [];
  const deadLetters: DeadLetter[] = [];
  const byPosition = new Map<number, EventRow>();
  for (const { position, event } of frame.events) {
    const reason = refusalOf(event, isSuspect);
    if (reason !== null) {
      deadLetters.push({ position, reason, count: 1, payload: payloadOf(event) });
      continue;
    }
    // Parsed by `refusalOf`: the shape holds, and a strict shape leaves nothing out.
    const accepted = event as Parameters<typeof toRow>[0];
    const place = { id: idOf(position), position, occurredAtMs: placeInTime(accepted, clock, receivedAtMs) };
    const row = toRow(accepted, place, JSON.stringify(accepted));
    rows.push(row);
    byPosition.set(position, row);
  }
  const earlier = new Map<number, number>();
  for (const { position, count } of frame.repeats) {
    const row = byPosition.get(position);
    if (row) row.count += count;
    else if (position < frame.first) earlier.set(position, (earlier.get(position) ?? 0) + count);
    else deadLetters.push({ position, reason: 'events.repeat-of-unknown: it repeats what is no stored event', count, payload: '' });
  }
  return { rows, deadLetters, earlier };
}

/** Why an event can't be stored; null when it can. */
function refusalOf(event: unknown, isSuspect: boolean): string | null {
  try {
    const parsed = applianceEventSchema.safeParse(event);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return `events.malformed: ${issue?.path.join('.')} ${issue?.message}`.slice(0, 300);
    }
    if (isSuspect && !isStorable(event)) return 'events.text: it holds a NUL or an unpaired surrogate';
    const amount = parsed.data.kind === 'attack' ? parsed.data.count : parsed.data.kind === 'loss' ? parsed.data.lost : 1;
    return amount > COUNT_LIMIT ? 'events.count: its count is not plausible' : null;
  } catch (error) {
    // Nested too deeply for the parser.
    return `events.malformed: ${messageOf(error)}`.slice(0, 300);
  }
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value === 'object' && value !== null) return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
  return true;
}

function payloadOf(event: unknown): string {
  try {
    return shownPayload(JSON.stringify(event) ?? '');
  } catch (error) {
    return shownPayload(messageOf(error));
  }
}
