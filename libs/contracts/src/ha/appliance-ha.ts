import { z } from 'zod';
import { ipAddressSchema, networkSchema, portSchema, uuidSchema } from '../primitives.js';
import { interfaceNameSchema } from '../network/interfaces.js';

/**
 * What the controller wants of a member beyond its priority.
 * - `normal`: takes part by its priority
 * - `yield`: gives the virtual addresses to its peer, and stands by after that (planned failover)
 * - `maintenance`: takes no part; never becomes master
 * - `demoted`: both members were master for too long; this one gives way until the pair is whole again
 */
export const HA_ORDERS = ['normal', 'yield', 'maintenance', 'demoted'] as const;
export const haOrderSchema = z.enum(HA_ORDERS);
export type HaOrder = z.infer<typeof haOrderSchema>;

/** An address that moves with the master. */
export const virtualAddressSchema = z.strictObject({ address: networkSchema, interface: interfaceNameSchema });

/** What both members of a pair share. Advertisements below 1 s need VRRPv3 (RFC 5798 / RFC 9568), which is always used. */
export const haSettingsSchema = z
  .strictObject({
    /** Virtual router id, unique in its segment. */
    vrid: z.int().min(1).max(255),
    virtualAddresses: z.array(virtualAddressSchema).min(1).max(20),
    /** Milliseconds between advertisements. */
    advertMs: z.int().min(10).max(40_950).multipleOf(10),
    transport: z.enum(['unicast', 'multicast']),
    /** True: a member with a higher priority takes the addresses back as soon as it can. */
    preempt: z.boolean(),
    /** How the engine's health is judged: every so often, so many failures in a row, so many successes in a row. */
    track: z.strictObject({ intervalMs: z.int().min(100).max(60_000), fall: z.int().min(1).max(20), rise: z.int().min(1).max(20) }),
    /** UDP port for connection state of the packet engine (conntrackd); null: it is not shared. */
    syncPort: portSchema.nullable(),
  })
  .meta({ id: 'HaSettings' });
export type HaSettings = z.infer<typeof haSettingsSchema>;

/** The `ha` facet's content: one member's part in its pair. */
export const applianceHaSchema = z.strictObject({
  version: z.literal(1),
  applianceId: uuidSchema,
  tenantId: uuidSchema,
  clusterId: uuidSchema,
  settings: haSettingsSchema,
  /** The member's own interface and address for VRRP. */
  interface: interfaceNameSchema,
  address: ipAddressSchema,
  /** VRRP priority, unlike the peer's. */
  priority: z.int().min(1).max(254),
  peer: z.strictObject({ applianceId: uuidSchema, address: ipAddressSchema, priority: z.int().min(1).max(254) }),
  order: haOrderSchema,
  /** Names the command that `order` comes from, so that reports and timelines can tell who asked; null: nobody did. */
  commandId: uuidSchema.nullable(),
});
export type ApplianceHa = z.infer<typeof applianceHaSchema>;
