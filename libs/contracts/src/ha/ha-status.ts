import { z } from 'zod';
import { instantSchema, uuidSchema } from '../primitives.js';
import { haOrderSchema } from './appliance-ha.js';

/**
 * - `init`: the daemon has started and not decided yet
 * - `fault`: the daemon can't take part (track failed, link down)
 * - `stopped`: no daemon runs
 */
export const HA_STATES = ['init', 'backup', 'master', 'fault', 'stopped'] as const;
export const haStateSchema = z.enum(HA_STATES);
export type HaState = z.infer<typeof haStateSchema>;

/** Why a member changed its state, as far as it can know. */
export const HA_CAUSES = [
  'start',
  'ordered',
  'peer-silent',
  'peer-yielded',
  'higher-priority',
  'engine-failed',
  'engine-healthy',
  'link-down',
  'link-up',
  'daemon-died',
  'daemon-child-died',
  'daemon-hung',
  'stop',
  'unknown',
] as const;
export const haCauseSchema = z.enum(HA_CAUSES);
export type HaCause = z.infer<typeof haCauseSchema>;

/** How one member stands now: part of reported state, and on the box in `ha/state.json` for the guard. */
export const haStatusSchema = z.strictObject({
  clusterId: uuidSchema,
  state: haStateSchema,
  cause: haCauseSchema,
  /** Since when, by the box's wall clock and by its monotonic clock. */
  since: instantSchema,
  bootId: z.string().min(1).max(64),
  monotonicMs: z.number().nonnegative(),
  order: haOrderSchema,
  commandId: uuidSchema.nullable(),
  /** Virtual addresses that the kernel really has on this box. */
  held: z.array(z.string().max(64)).max(20),
  engineHealthy: z.boolean(),
  /** When the last advertisement of the peer was seen; null: none since the daemon's start, or this box is master and alone. */
  peerSeenAt: instantSchema.nullable(),
  /** Connection-state synchronisation: `off`, `running`, `failed`. */
  sync: z.enum(['off', 'running', 'failed']),
});
export type HaStatus = z.infer<typeof haStatusSchema>;
