import { z } from 'zod';
import { uuidSchema } from '../primitives.js';

/** Every error answer, as `application/problem+json`. @see RFC 9457 */
export const problemSchema = z
  .object({
    type: z.string().describe('`urn:phalanx:error:<code>`'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('stable, listed in docs/reference/errors.md'),
    requestId: z.string(),
    /** Where the input is wrong, one entry a place. */
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** Query of every list: `cursor` is opaque and comes from the page before. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(500).optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** A list answer. `nextCursor` is null on the last page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Path parameter of one resource. */
export const idParamSchema = z.strictObject({ id: uuidSchema });

/** Version of a resource for optimistic locking: answered as `ETag: "<revision>"`, required as `If-Match` on changes. */
export const revisionSchema = z.int().min(1);
