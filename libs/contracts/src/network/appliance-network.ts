import { z } from 'zod';
import { ipAddressSchema, portSchema, uuidSchema } from '../primitives.js';
import { memberNetworkSchema, networkPolicySchema } from './network-policy.js';

/** The `network` facet's content: all that one box's packet engine does. */
export const applianceNetworkSchema = z.strictObject({
  version: z.literal(1),
  applianceId: uuidSchema,
  tenantId: uuidSchema,
  /** IANA time zone of the site, in which schedules are meant. */
  timeZone: z.string().max(64),
  policy: networkPolicySchema,
  member: memberNetworkSchema,
  /** Where applications listen: reachable whatever `defaults.input` says. */
  listeners: z.array(z.strictObject({ address: ipAddressSchema, port: portSchema })).max(1000),
  /** The other member of the pair: the only one whose VRRP and connection-sync packets are taken. Null for a single box. */
  peer: z
    .strictObject({ addresses: z.array(ipAddressSchema).min(1).max(8), interface: z.string().max(15), syncPort: portSchema.nullable() })
    .nullable(),
});
export type ApplianceNetwork = z.infer<typeof applianceNetworkSchema>;
