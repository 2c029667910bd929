import { z } from 'zod';
import { ipAddressSchema, networkSchema } from '../primitives.js';

/** A Linux interface name. @see dev_valid_name in the kernel: at most 15 bytes, no slash, no space */
export const interfaceNameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/, 'must be an interface name of at most 15 characters');

/**
 * What an interface is for.
 * - `client`: where the customers' clients come from
 * - `origin`: towards the origin servers
 * - `management`: the controller and the operator
 * - `ha`: VRRP and connection state of the pair
 * - `mirror`: where copies for an intrusion detection system leave
 */
export const INTERFACE_ROLES = ['client', 'origin', 'management', 'ha', 'mirror'] as const;
export const interfaceRoleSchema = z.enum(INTERFACE_ROLES);

/** An address with the prefix length of its network, for example `192.0.2.10/24`. */
export const interfaceAddressSchema = networkSchema;

const common = {
  name: interfaceNameSchema,
  roles: z.array(interfaceRoleSchema).min(1).max(5),
  /** Addresses that the interface shall have; null: they are not this product's to set. */
  addresses: z.array(interfaceAddressSchema).max(64).nullable(),
  mtu: z.int().min(576).max(9216).nullable(),
  /** Reverse-path check of the source (RFC 3704): must come back by this interface, by any, or unchecked. */
  antiSpoofing: z.enum(['strict', 'loose', 'off']),
};

/** An interface as desired state. The kernel's own facilities decide which kinds can be applied; a box that can't says so. */
export const interfaceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('physical'), ...common }),
  /** IEEE 802.1Q: a tagged network of a trunk. */
  z.strictObject({ kind: z.literal('vlan'), parent: interfaceNameSchema, vlanId: z.int().min(1).max(4094), ...common }),
  /** IEEE 802.1AX link aggregation. */
  z.strictObject({
    kind: z.literal('bond'),
    members: z.array(interfaceNameSchema).min(2).max(8),
    bondMode: z.enum(['active-backup', '802.3ad']),
    ...common,
  }),
]);
export type Interface = z.infer<typeof interfaceSchema>;

/** A static route. */
export const routeSchema = z.strictObject({ to: networkSchema, via: ipAddressSchema, interface: interfaceNameSchema.nullable() });
export type Route = z.infer<typeof routeSchema>;
