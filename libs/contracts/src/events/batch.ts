import { z } from 'zod';
import { uuidSchema } from '../primitives.js';

/** Most records that one batch may cover, and its size on the wire in bytes. */
export const BATCH_MAX_RECORDS = 2000;
export const BATCH_MAX_BYTES = 1024 * 1024;

/**
 * Published on `up/events`: the records [first, next) of one stream, with folded lines summed into the event they repeat.
 * The controller stores a batch only when `first` is where the stream's ledger stands; otherwise it answers with that place.
 * `events` are parsed one by one: one that can't be stored goes to the dead letters and does not hold up the rest.
 */
export const eventBatchSchema = z.strictObject({
  version: z.literal(1),
  stream: uuidSchema,
  first: z.int().nonnegative(),
  next: z.int().positive(),
  /** `position` is the record that the event was first written at. */
  events: z.array(z.strictObject({ position: z.int().nonnegative(), event: z.unknown() })).max(BATCH_MAX_RECORDS),
});
export type EventBatch = z.infer<typeof eventBatchSchema>;

/** Published on `down/ack` after the commit: everything below `next` is stored. */
export const eventAckSchema = z.strictObject({
  stream: uuidSchema,
  next: z.int().nonnegative(),
  /** Set when the controller asks for a pause before the next batch (back-pressure). */
  pauseMs: z.int().positive().max(60_000).optional(),
});
export type EventAck = z.infer<typeof eventAckSchema>;
