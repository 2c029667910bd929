import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

/** What every box is told about its events. */
export const policiesConfig = defineConfig('policies', {
  PHALANX_FOLD_ABOVE_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe('Refusals a second on one box above which they are folded into one event per source, rule, application and second.'),
  PHALANX_SPOOL_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(1_048_576)
    .default(268_435_456)
    .describe('Bytes of unshipped events that a box keeps on disk before it counts losses instead.'),
});
