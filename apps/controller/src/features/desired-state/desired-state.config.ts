import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

/** How boxes are told, and where they find their controller. */
export const desiredStateConfig = defineConfig('desired-state', {
  PHALANX_ANNOUNCE_FIRST_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(5_000)
    .describe('Milliseconds after which a desired state that is not applied is told to its box again; doubles each time.'),
  PHALANX_ANNOUNCE_MAX_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(300_000)
    .describe('Longest time in milliseconds between two announcements of a desired state that is not applied.'),
});
