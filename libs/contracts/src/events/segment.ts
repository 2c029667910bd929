import { z } from 'zod';
import { instantSchema, uuidSchema } from '../primitives.js';

/**
 * A segment file carries one stream of records from one writer, append-only, one line each, ended by a line feed:
 * - first line: the header below;
 * - a line that begins with `{`: a whole event (`ApplianceEvent` as JSON, `count` 1);
 * - a line `+<n>`: one more refusal of the same kind as the event at position n of this stream (folding above the declared rate).
 * The record's position is its line number after the header, from 0. A last line without a line feed was never answered for and
 * is ignored. The writer closes a segment by renaming `<stream>.open` to `<stream>.closed`; one whose writer has died is closed
 * by its reader.
 */
export const segmentHeaderSchema = z.strictObject({
  version: z.literal(1),
  stream: uuidSchema,
  openedAt: instantSchema,
  bootId: z.string().min(1).max(64),
  /** The writer, and its start time in clock ticks since boot (`/proc/<pid>/stat` field 22), which tells a reused pid apart. */
  pid: z.int().positive(),
  startTicks: z.int().nonnegative(),
  writer: z.string().max(64),
});
export type SegmentHeader = z.infer<typeof segmentHeaderSchema>;

export const SEGMENT_OPEN_SUFFIX = '.open';
export const SEGMENT_CLOSED_SUFFIX = '.closed';
