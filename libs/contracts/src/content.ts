import { z } from 'zod';
import { sha256Schema, uuidSchema } from './primitives.js';

/** Bytes of one content chunk; the last one of a blob may be shorter. */
export const CHUNK_BYTES = 128 * 1024;

/**
 * Asked on `up/content`, answered on `down/content`. MQTT 5 correlation data carries `requestId`.
 * - `chunk`: one chunk of a blob that the box's desired state names
 * - `manifest`: the SHA-256 of each chunk of such a blob, so that each is checked as it arrives
 * - `metadata`: one TUF metadata file of the provider's or the box's own tenant's repository, for example `3.targets.json`
 */
export const contentRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('chunk'), requestId: uuidSchema, sha256: sha256Schema, index: z.int().min(0).max(1_000_000) }),
  z.strictObject({ kind: z.literal('manifest'), requestId: uuidSchema, sha256: sha256Schema }),
  z.strictObject({
    kind: z.literal('metadata'),
    requestId: uuidSchema,
    repository: z.enum(['provider', 'tenant']),
    name: z.string().regex(/^(?:\d{1,10}\.)?(?:root|targets|snapshot|timestamp|[a-z0-9-]{1,64})\.json$/),
  }),
]);
export type ContentRequest = z.infer<typeof contentRequestSchema>;

/** First line of an answer, followed by a line feed and the raw bytes. A thing that is missing and one that is another's answer alike. */
export const contentAnswerHeadSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('ok'), requestId: uuidSchema, length: z.int().nonnegative(), sha256: sha256Schema }),
  z.strictObject({ status: z.literal('missing'), requestId: uuidSchema }),
  z.strictObject({ status: z.literal('busy'), requestId: uuidSchema, retryAfterMs: z.int().positive() }),
]);
export type ContentAnswerHead = z.infer<typeof contentAnswerHeadSchema>;

/** Body of a `manifest` answer, as JSON. */
export const chunkManifestSchema = z.strictObject({
  sha256: sha256Schema,
  length: z.int().nonnegative(),
  chunkBytes: z.literal(CHUNK_BYTES),
  chunks: z.array(sha256Schema).max(1_000_000),
});
export type ChunkManifest = z.infer<typeof chunkManifestSchema>;
