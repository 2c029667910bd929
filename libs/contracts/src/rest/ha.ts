import { z } from 'zod';
import { haOrderSchema, haSettingsSchema } from '../ha/appliance-ha.js';
import { haCauseSchema, haStateSchema, haStatusSchema } from '../ha/ha-status.js';
import { interfaceNameSchema } from '../network/interfaces.js';
import { instantSchema, ipAddressSchema, uuidSchema } from '../primitives.js';
import { pageQuerySchema, revisionSchema } from './common.js';

/** A member of a pair as an operator writes it. */
export const haMemberSchema = z.strictObject({
  applianceId: uuidSchema,
  interface: interfaceNameSchema,
  address: ipAddressSchema,
  priority: z.int().min(1).max(254),
});

/** `PUT /api/v1/clusters/:id/ha`: makes a cluster of kind `pair` one that takes over. `DELETE` takes the pairing away. */
export const haWriteSchema = z
  .strictObject({ settings: haSettingsSchema, members: z.tuple([haMemberSchema, haMemberSchema]) })
  .refine(
    ({ members: [a, b] }) => a.applianceId !== b.applianceId && a.priority !== b.priority,
    'members must differ, and so must their priorities',
  )
  .meta({ id: 'HaWrite' });

/**
 * `POST /api/v1/clusters/:id/ha/commands`. `failover` moves the addresses to the other member; `maintenance` takes a member out, `normal` brings it
 * back; `fail-back` moves the addresses to the member of the higher priority. Each becomes desired state; refused with the reason where the
 * pair could not survive it.
 */
export const haCommandSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('failover'), reason: z.string().min(1).max(500) }),
    z.strictObject({ kind: z.literal('fail-back'), reason: z.string().min(1).max(500) }),
    z.strictObject({ kind: z.literal('maintenance'), applianceId: uuidSchema, reason: z.string().min(1).max(500) }),
    z.strictObject({ kind: z.literal('normal'), applianceId: uuidSchema, reason: z.string().min(1).max(500) }),
  ])
  .meta({ id: 'HaCommand' });
export const haCommandResultSchema = z
  .strictObject({ commandId: uuidSchema, orders: z.array(z.strictObject({ applianceId: uuidSchema, order: haOrderSchema })) })
  .meta({ id: 'HaCommandResult' });

/** What is wrong with a pair now, in one word. `whole`: one master, one backup that sees it. */
export const HA_CONDITIONS = ['whole', 'no-master', 'two-masters', 'silent-peer', 'degraded', 'maintenance', 'unknown'] as const;
export const haConditionSchema = z.enum(HA_CONDITIONS);
export type HaCondition = z.infer<typeof haConditionSchema>;

/** `GET /api/v1/clusters/:id/ha` */
export const haViewSchema = z
  .strictObject({
    clusterId: uuidSchema,
    tenantId: uuidSchema,
    settings: haSettingsSchema,
    members: z.array(
      haMemberSchema.extend({
        name: z.string(),
        online: z.boolean(),
        lastSeenAt: instantSchema.nullable(),
        order: haOrderSchema,
        /** Null before its first report. */
        status: haStatusSchema.nullable(),
      }),
    ),
    condition: haConditionSchema,
    /** In words, with names and times. */
    conditionReason: z.string(),
    conditionSince: instantSchema,
    revision: revisionSchema,
  })
  .meta({ id: 'HaPair' });
export type HaView = z.infer<typeof haViewSchema>;

/**
 * `GET /api/v1/clusters/:id/ha/timeline`: what happened to the pair, joined from both members' transitions, newest first. Times are corrected by each
 * box's measured clock offset; `uncertaintyMs` says how far they may be off.
 */
export const haTimelineQuerySchema = pageQuerySchema.extend({ from: instantSchema.optional(), to: instantSchema.optional() });
export const haTimelineItemSchema = z
  .strictObject({
    id: uuidSchema,
    clusterId: uuidSchema,
    kind: z.enum(['failover', 'two-masters', 'no-master', 'silent-peer', 'flapping', 'member', 'command']),
    at: instantSchema,
    endedAt: instantSchema.nullable(),
    uncertaintyMs: z.number().nonnegative(),
    planned: z.boolean(),
    /** Who asked for it, where somebody did. */
    orderedBy: z.string().nullable(),
    commandId: uuidSchema.nullable(),
    cause: haCauseSchema,
    fromApplianceId: uuidSchema.nullable(),
    toApplianceId: uuidSchema.nullable(),
    /** Milliseconds in which no member held the addresses; null where it can't be told. */
    gapMs: z.number().nonnegative().nullable(),
    message: z.string(),
    transitions: z.array(
      z.strictObject({
        applianceId: uuidSchema,
        eventId: uuidSchema,
        from: haStateSchema,
        to: haStateSchema,
        cause: haCauseSchema,
        at: instantSchema,
      }),
    ),
  })
  .meta({ id: 'HaTimelineItem' });
export type HaTimelineItem = z.infer<typeof haTimelineItemSchema>;
