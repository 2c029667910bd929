import { z } from 'zod';
import { networkSchema } from '../primitives.js';
import { groupNameSchema, portRangeSchema } from './addresses.js';

/** A rate of one source (IPv6: one /64): packets or connections a second, with a burst that is let through at once. */
export const rateSchema = z.strictObject({ perSecond: z.int().min(1).max(10_000_000), burst: z.int().min(1).max(10_000_000) });
export type Rate = z.infer<typeof rateSchema>;

const rateOrOff = rateSchema.nullable();

/** What is stopped before any rule (F39 to F42). Null or `off` switches a protection off. */
export const protectionsSchema = z.strictObject({
  floods: z.strictObject({
    /** New TCP connections of one source. */
    syn: rateOrOff,
    /** New TCP connections of all sources to one address and port, answered by SYN cookies above it (nftables synproxy). */
    synTotal: rateOrOff,
    udp: rateOrOff,
    icmp: rateOrOff,
    /** Open connections of one source. */
    connections: z.int().min(1).max(10_000_000).nullable(),
    /** A source that floods is blocked for so long; 0: only what is above the rate is dropped. */
    blockSeconds: z.int().min(0).max(604_800),
  }),
  /** Packets no honest host sends: ping of death, land, smurf, winnuke, impossible TCP flags, bad lengths, source routing. */
  malformed: z.boolean(),
  scans: z.strictObject({
    enabled: z.boolean(),
    /** A source that touches so many closed ports or silent addresses within the window scans. */
    targets: z.int().min(2).max(10_000),
    windowSeconds: z.int().min(1).max(3600),
    blockSeconds: z.int().min(1).max(604_800),
  }),
  /** A source whose requests the engine refuses so often within the window is blocked before it reaches the engine. */
  refusals: z.strictObject({
    enabled: z.boolean(),
    count: z.int().min(1).max(100_000),
    windowSeconds: z.int().min(1).max(3600),
    blockSeconds: z.int().min(1).max(604_800),
  }),
  spoofing: z.boolean(),
  /** `drop-evil`: tiny first fragments, overlaps and over-long ones; `drop-all`: every fragment. */
  fragments: z.enum(['off', 'drop-evil', 'drop-all']),
  /** Sources that no protection stops. */
  exempt: z.array(networkSchema).max(1000),
});
export type Protections = z.infer<typeof protectionsSchema>;

/** A match on bytes of the payload at OSI layer 4 (F43). */
export const payloadRuleSchema = z.strictObject({
  name: groupNameSchema,
  enabled: z.boolean(),
  protocol: z.enum(['tcp', 'udp']),
  /** Destination ports; empty: all. */
  ports: z.array(portRangeSchema).max(64),
  /** Bytes (hexadecimal) that must stand at `offset` after the transport header. */
  matches: z
    .array(
      z.strictObject({
        offset: z.int().min(0).max(255),
        bytes: z.string().regex(/^([0-9a-f]{2}){1,16}$/, 'must be 1 to 16 bytes as lower-case hexadecimal'),
      }),
    )
    .min(1)
    .max(8),
  action: z.enum(['drop', 'count']),
  /** A source that matches is blocked for so long; 0: only the packet is dropped. */
  blockSeconds: z.int().min(0).max(604_800),
});
export type PayloadRule = z.infer<typeof payloadRuleSchema>;

/** Who reaches the box itself (F44): agent, engine metrics, sshd. Application listeners are opened by the policy facet, not here. */
export const managementSchema = z.strictObject({
  networks: z.array(networkSchema).max(200),
  ports: z.array(portRangeSchema).max(32),
  /** New connections of one source to these ports. */
  rate: rateSchema,
});
export type Management = z.infer<typeof managementSchema>;
