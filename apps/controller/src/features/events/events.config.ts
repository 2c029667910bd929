import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

export const eventsConfig = defineConfig('events', {
  EVENTS_KEEP_DAYS: z.coerce.number().int().min(8).max(700).default(35).describe('Days that single events are kept.'),
  EVENTS_ROLLUP_KEEP_DAYS: z.coerce.number().int().min(8).max(700).default(400).describe('Days that sums per minute are kept.'),
  EVENTS_INGEST_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('Batches of events that one ingress process stores at the same time.'),
  EVENTS_INGEST_QUEUE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(64)
    .describe('Batches (at most 1 MiB each) that wait in one ingress process before boxes are asked to send later.'),
});
