import { z } from 'zod';
import { ipAddressSchema, networkSchema } from '../primitives.js';

/** A name of an address group, a service or a schedule within one network policy. */
export const groupNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,30}$/, 'must begin with a lower-case letter; letters, digits, - and _, at most 31');

/** An address, a network, or a range `first-last` of one family. */
export const addressSchema = z.union([
  ipAddressSchema,
  networkSchema,
  z
    .string()
    .max(100)
    .regex(/^[0-9a-fA-F:.]+-[0-9a-fA-F:.]+$/, 'must read first-last'),
]);

/** A set of addresses under a name. */
export const addressGroupSchema = z.strictObject({ name: groupNameSchema, addresses: z.array(addressSchema).min(1).max(10_000) });
export type AddressGroup = z.infer<typeof addressGroupSchema>;

/** One port or an inclusive range `from-to`. */
export const portRangeSchema = z
  .string()
  .regex(/^\d{1,5}(-\d{1,5})?$/, 'must be a port or from-to')
  .refine((text) => {
    const [from = 0, to = from] = text.split('-').map(Number);
    return from >= 1 && to <= 65_535 && from <= to;
  }, 'must be within 1 to 65535, from before to');

/** What a rule is about above IP: a protocol and its ports, or kinds of ICMP. */
export const serviceSchema = z.discriminatedUnion('protocol', [
  z.strictObject({ name: groupNameSchema, protocol: z.enum(['tcp', 'udp', 'sctp']), ports: z.array(portRangeSchema).min(1).max(256) }),
  z.strictObject({ name: groupNameSchema, protocol: z.literal('icmp'), types: z.array(z.int().min(0).max(255)).max(64) }),
  z.strictObject({ name: groupNameSchema, protocol: z.literal('ip'), number: z.int().min(0).max(255) }),
]);
export type Service = z.infer<typeof serviceSchema>;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** When a rule holds: local time of the site's zone; `to` before `from` runs over midnight. */
export const scheduleSchema = z.strictObject({
  name: groupNameSchema,
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must read HH:MM'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must read HH:MM'),
});
export type Schedule = z.infer<typeof scheduleSchema>;
