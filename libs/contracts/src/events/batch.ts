import { z } from 'zod';
import { uuidSchema } from '../primitives.js';

/** Most records that one batch may cover, and its size on the wire in bytes. */
export const BATCH_MAX_RECORDS = 2000;
export const BATCH_MAX_BYTES = 1024 * 1024;

/**
 * A message on `up/events` covers the records [first, next) of one stream. Its first line is this frame as JSON; then each whole
 * event has a line of its own: the position of its record, a space, and the event as its writer wrote it. `+<n>` records are
 * summed per event in `repeats`, which may name an event of this batch or of an earlier one of the stream.
 * The controller stores a batch only when `first` is where the stream's ledger stands; otherwise it answers with that place.
 * Events are parsed one by one: one that can't be stored goes to the dead letters and does not hold up the rest.
 */
export const eventBatchSchema = z.strictObject({
  version: z.literal(1),
  stream: uuidSchema,
  first: z.int().nonnegative(),
  next: z.int().positive(),
  /** `count` further refusals of the event at `position`. */
  repeats: z
    .array(z.strictObject({ position: z.int().nonnegative(), count: z.int().min(1).max(BATCH_MAX_RECORDS) }))
    .max(BATCH_MAX_RECORDS),
  /** Streams of this box whose files are gone for good: the ledger may forget them after a while. */
  finished: z.array(uuidSchema).max(1000),
});
export type EventBatch = z.infer<typeof eventBatchSchema>;

/** One event line of a batch. `text` should be JSON, but nobody has looked yet. */
export interface EventLine {
  readonly position: number;
  readonly text: string;
}

/** The message: frame and event lines. No text may hold a line feed. */
export function writeEventBatch(frame: EventBatch, events: readonly EventLine[]): string {
  let message = JSON.stringify(frame);
  for (const { position, text } of events) message += `\n${position} ${text}`;
  return message;
}

/** Takes a message apart; the frame is raw and the texts are not parsed. A line without a position has `NaN`. Throws `SyntaxError` for a frame that is no JSON. */
export function splitEventBatch(message: string): { frame: unknown; events: EventLine[] } {
  const [first = '', ...lines] = message.split('\n');
  const events = lines.map((line) => {
    const space = line.indexOf(' ');
    return { position: space > 0 ? Number(line.slice(0, space)) : Number.NaN, text: line.slice(space + 1) };
  });
  return { frame: JSON.parse(first), events };
}

/** Published on `down/ack` after the commit. */
export const eventAckSchema = z.strictObject({
  stream: uuidSchema,
  /** Everything below it is stored, and the next batch begins here. Null: the batch could not be judged now; send it again after the pause. */
  next: z.int().nonnegative().nullable(),
  /** Set when the controller asks for a pause before the next batch (back-pressure). */
  pauseMs: z.int().positive().max(60_000).optional(),
});
export type EventAck = z.infer<typeof eventAckSchema>;
