import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

/** Bounds of the memory that answering boxes' content requests may take. */
export const contentConfig = defineConfig('content', {
  PHALANX_CONTENT_CACHE_BYTES: z.coerce
    .number()
    .int()
    .min(1_048_576)
    .default(67_108_864)
    .describe('Bytes of chunks and metadata kept in memory for boxes that ask next.'),
  PHALANX_CONTENT_PENDING: z.coerce
    .number()
    .int()
    .min(1)
    .default(256)
    .describe('Content requests worked on at once by one process; the rest are told to come back (each holds up to 128 KiB).'),
});
