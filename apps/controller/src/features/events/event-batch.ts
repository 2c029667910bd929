import {
  type ApplianceEvent,
  applianceEventSchema,
  BATCH_MAX_RECORDS,
  type EventBatch,
  eventBatchSchema,
  type EventLine,
  splitEventBatch,
} from '@phalanx/contracts';
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
  readonly events: readonly EventLine[];
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
  const text = payload.toString('utf8');
  const { frame: raw, events } = split(text);
  const parsed = eventBatchSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(`${issue?.path.join('.')} ${issue?.message}`);
  }
  const frame = parsed.data;
  let last = frame.first - 1;
  for (const { position } of events) {
    if (!(Number.isSafeInteger(position) && position > last && position < frame.next))
      throw malformed('it names positions that are not its own');
    last = position;
  }
  if (frame.repeats.some(({ position }) => position >= frame.next)) throw malformed('it repeats what is still to come');
  const records = frame.repeats.reduce((sum, { count }) => sum + count, events.length);
  if (records !== frame.next - frame.first || events.length > BATCH_MAX_RECORDS)
    throw malformed('it does not account for each of its records');
  return { frame, events, isSuspect: SUSPECT_ESCAPE.test(text) };
}

function split(text: string): ReturnType<typeof splitEventBatch> {
  try {
    return splitEventBatch(text);
  } catch (cause) {
    throw new AppError('invalid', 'events.batch-not-json', 'a batch of events has no JSON frame', { cause });
  }
}

function malformed(why: string): AppError {
  return new AppError('invalid', 'events.batch-malformed', `a batch of events is malformed: ${why}`);
}

/** Parses the events one by one; what can't be stored becomes a dead letter. */
export function judgeBatch(batch: ReceivedBatch, applianceId: string, clock: BoxClock | null, receivedAtMs: number): JudgedBatch {
  const { frame, events, isSuspect } = batch;
  const idOf = eventIdsOf(applianceId, frame.stream);
  const rows: EventRow[] = [];
  const deadLetters: DeadLetter[] = [];
  const byPosition = new Map<number, EventRow>();
  for (const { position, text } of events) {
    const event = judgeEvent(text, isSuspect);
    if (typeof event === 'string') {
      deadLetters.push({ position, reason: event, count: 1, payload: shownPayload(text) });
      continue;
    }
    const row = toRow(event, idOf(position), position, placeInTime(event, clock, receivedAtMs), text);
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

/** The event, or the reason why it can't be stored. */
function judgeEvent(text: string, isSuspect: boolean): ApplianceEvent | string {
  try {
    const parsed = applianceEventSchema.safeParse(JSON.parse(text));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return `events.malformed: ${issue?.path.join('.')} ${issue?.message}`.slice(0, 300);
    }
    const event = parsed.data;
    if (isSuspect && !isStorable(event)) return 'events.text: it holds a NUL or an unpaired surrogate';
    const amount = 'count' in event ? event.count : event.kind === 'loss' ? event.lost : 1;
    return amount > COUNT_LIMIT ? 'events.count: its count is not plausible' : event;
  } catch (error) {
    // No JSON, or nested too deeply for the parser.
    return `events.malformed: ${messageOf(error)}`.slice(0, 300);
  }
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value === 'object' && value !== null) return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
  return true;
}
