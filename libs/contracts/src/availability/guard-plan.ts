import { z } from 'zod';
import { ipAddressSchema, portSchema, uuidSchema } from '../primitives.js';

/** Bit of the connection mark (`ct mark`) of each connection that goes past the engine, to the origin or to the static responder. */
export const GUARD_CONNECTION_MARK = 0x4000_0000;

/** What becomes of one listener while the engine is dead. */
export const guardedListenerSchema = z.strictObject({
  address: ipAddressSchema,
  port: portSchema,
  tls: z.boolean(),
  /** Secret with the certificate that the static responder shows; null: plain HTTP, or the connection is reset. */
  certificateId: uuidSchema.nullable(),
  /** Applications behind it, by id. */
  applications: z.array(uuidSchema).min(1).max(1000),
  action: z.discriminatedUnion('kind', [
    /** Refused with 503 by the static responder. */
    z.strictObject({ kind: z.literal('fail-closed') }),
    /** New connections go to the origin, uninspected. */
    z.strictObject({
      kind: z.literal('fail-open'),
      origins: z
        .array(z.strictObject({ address: ipAddressSchema, port: portSchema }))
        .min(1)
        .max(64),
    }),
  ]),
  /** After the engine is back, a bypassed connection may live on for so long. */
  graceMs: z.int().min(0).max(60_000),
});
export type GuardedListener = z.infer<typeof guardedListenerSchema>;

/** `guard/plan.json`, written by the agent, read by the guard: what to do on its own when the engine dies. */
export const guardPlanSchema = z.strictObject({
  version: z.literal(1),
  applianceId: uuidSchema,
  /** True: the peer of the pair is asked first; the bypass opens only when no healthy peer takes over within `peerMs`. */
  hasPeer: z.boolean(),
  peerMs: z.int().min(0).max(60_000),
  /** Whether the packet engine says what the box forwards. Where it doesn't, the guard lets its own connections through and nothing else. */
  hasPacketEngine: z.boolean(),
  listeners: z.array(guardedListenerSchema).max(1000),
});
export type GuardPlan = z.infer<typeof guardPlanSchema>;

/** How the guard stands, in `guard/state.json` and in the heartbeat. */
export const guardStateSchema = z.strictObject({
  /** `watching`: the engine serves; `open`/`closed`: at least one listener is bypassed / answered with 503 instead. */
  state: z.enum(['watching', 'waiting-for-peer', 'open', 'closed', 'open-and-closed']),
  since: z.iso.datetime({ offset: false }),
  /** Connections that went past the engine since the guard started. */
  bypassedConnections: z.int().nonnegative(),
});
export type GuardState = z.infer<typeof guardStateSchema>;
