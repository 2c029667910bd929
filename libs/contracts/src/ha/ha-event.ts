import { z } from 'zod';
import { uuidSchema } from '../primitives.js';
import { haOrderSchema } from './appliance-ha.js';
import { haCauseSchema, haStateSchema } from './ha-status.js';

/** What an `ha` event says besides its times: one member went from one state to another. */
export const haTransitionSchema = {
  clusterId: uuidSchema,
  from: haStateSchema,
  to: haStateSchema,
  cause: haCauseSchema,
  order: haOrderSchema,
  commandId: uuidSchema.nullable(),
  priority: z.int().min(0).max(255),
  /** Virtual addresses on the box right after. */
  held: z.array(z.string().max(64)).max(20),
  /** What the agent had to mend: `removed-stale-address`, `restarted-daemon`, `sent-gratuitous-arp`, … */
  mended: z.array(z.string().max(40)).max(8),
  message: z.string().max(500),
};
