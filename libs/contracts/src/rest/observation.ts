import { z } from 'zod';
import { instantSchema, ipAddressSchema, uuidSchema } from '../primitives.js';
import { attackEventSchema, haEventSchema, lossEventSchema, networkEventSchema, systemEventSchema } from '../events/event.js';
import { guardStateSchema } from '../availability/guard-plan.js';
import { boxMetricsSchema, engineMetricsSchema, heartbeatSchema } from '../heartbeat.js';
import { networkFiguresSchema } from '../network/figures.js';
import { pageQuerySchema } from './common.js';

/** Facts that the controller adds to each event. */
const stored = {
  id: uuidSchema,
  tenantId: uuidSchema,
  applianceId: uuidSchema,
  receivedAt: instantSchema,
  /** Box time corrected by the measured clock offset and kept within what the controller finds plausible; lists are in this order. */
  occurredAt: instantSchema,
};

/** One event of `GET /api/v1/events` and `GET /api/v1/events/:id`. */
export const eventViewSchema = z
  .discriminatedUnion('kind', [
    attackEventSchema.extend(stored),
    systemEventSchema.extend(stored),
    lossEventSchema.extend(stored),
    networkEventSchema.extend(stored),
    haEventSchema.extend(stored),
  ])
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof eventViewSchema>;

export const eventQuerySchema = pageQuerySchema.extend({
  tenantId: uuidSchema.optional(),
  applianceId: uuidSchema.optional(),
  applicationId: uuidSchema.optional(),
  kind: z.enum(['attack', 'system', 'loss', 'network', 'ha']).optional(),
  action: z.enum(['blocked', 'detected', 'passed']).optional(),
  ruleId: z.coerce.number().int().nonnegative().optional(),
  source: ipAddressSchema.optional(),
  requestId: z.string().min(8).max(64).optional(),
  q: z.string().min(1).max(200).optional().describe('text in path or query'),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});
export type EventQuery = z.infer<typeof eventQuerySchema>;

/** `GET /api/v1/event-rollups`: sums per minute (or larger buckets), for charts and counts. */
export const rollupQuerySchema = z.strictObject({
  tenantId: uuidSchema.optional(),
  applianceId: uuidSchema.optional(),
  applicationId: uuidSchema.optional(),
  from: instantSchema,
  to: instantSchema,
  bucketMinutes: z.coerce.number().int().min(1).max(1440).default(1),
});
export const rollupViewSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        at: instantSchema,
        blocked: z.int(),
        detected: z.int(),
        passed: z.int(),
        lost: z.int(),
        /** Packets that packet engines stopped; not among `blocked`. */ networkBlocked: z.int(),
      }),
    ),
  })
  .meta({ id: 'EventRollup' });
export type RollupView = z.infer<typeof rollupViewSchema>;

/** `GET /api/v1/appliances/:id/health` */
export const healthViewSchema = z
  .strictObject({
    applianceId: uuidSchema,
    tenantId: uuidSchema,
    online: z.boolean(),
    offlineReason: z.string().nullable(),
    lastSeenAt: instantSchema.nullable(),
    clockOffsetMs: z.number().nullable(),
    clockUncertaintyMs: z.number().nullable(),
    certificateNotAfter: instantSchema.nullable(),
    agentVersion: z.string().nullable(),
    engineVersion: z.string().nullable(),
    box: boxMetricsSchema.nullable(),
    engine: engineMetricsSchema.nullable(),
    network: networkFiguresSchema.nullable(),
    guard: guardStateSchema.nullable(),
    capabilities: heartbeatSchema.shape.capabilities,
  })
  .meta({ id: 'Health' });
export type HealthView = z.infer<typeof healthViewSchema>;

/** `GET /api/v1/appliances/:id/health/history?from&to&bucketMinutes` */
export const healthHistoryQuerySchema = z.strictObject({
  from: instantSchema,
  to: instantSchema,
  bucketMinutes: z.coerce.number().int().min(1).max(1440).default(1),
});
export const healthHistoryViewSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        at: instantSchema,
        heartbeats: z.int(),
        cpu: z.number().nullable(),
        memoryUsedBytes: z.number().nullable(),
        diskUsedBytes: z.number().nullable(),
        requestsPerSecond: z.number().nullable(),
        blockedPerSecond: z.number().nullable(),
        latencyP50Ms: z.number().nullable(),
        latencyP99Ms: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'HealthHistory' });
export type HealthHistoryView = z.infer<typeof healthHistoryViewSchema>;

/**
 * `GET /api/v1/live` (server-sent events). Each message's `event` is the topic, its data one of these. A message says that
 * something changed, and carries the event itself only for `event`; everything else is read anew by the client. A message `dropped`
 * with `{"count": n}` says that n messages were left out because the reader was slow or there were too many.
 */
export const LIVE_TOPICS = ['event', 'appliance', 'application', 'policy', 'enrolment', 'network', 'ha', 'block'] as const;
export const liveTopicSchema = z.enum(LIVE_TOPICS);
export type LiveTopic = z.infer<typeof liveTopicSchema>;
export const liveQuerySchema = z.strictObject({
  topics: z
    .string()
    .regex(/^[a-z]+(,[a-z]+)*$/)
    .max(200)
    .optional()
    .describe('topics, comma-separated; all that the caller may see unless given'),
  tenantId: uuidSchema.optional(),
});
export const liveMessageSchema = z
  .strictObject({ topic: liveTopicSchema, tenantId: uuidSchema.nullable(), id: uuidSchema, event: eventViewSchema.optional() })
  .meta({ id: 'LiveMessage' });
export type LiveMessage = z.infer<typeof liveMessageSchema>;
