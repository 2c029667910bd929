import { z } from 'zod';
import { boxBlockSchema } from './blocks.js';
import { interfaceNameSchema } from './interfaces.js';

/** What the packet engine stops, by the words that events, counters and the console use. */
export const NETWORK_THREATS = [
  'blocked-address',
  'syn-flood',
  'udp-flood',
  'icmp-flood',
  'connection-limit',
  'ping-of-death',
  'land',
  'smurf',
  'winnuke',
  'bad-flags',
  'malformed',
  'source-route',
  'syn-scan',
  'fin-scan',
  'null-scan',
  'xmas-scan',
  'sweep',
  'spoofed',
  'tiny-fragment',
  'overlapping-fragment',
  'fragment',
  'payload',
  'management',
  'foreign-peer',
  'rule',
  'default',
  'refused-source',
] as const;
export const networkThreatSchema = z.enum(NETWORK_THREATS);
export type NetworkThreat = z.infer<typeof networkThreatSchema>;

/** Totals of one interface since the box booted, as the kernel counts them. */
export const interfaceFiguresSchema = z.strictObject({
  name: interfaceNameSchema,
  up: z.boolean(),
  receivedBytes: z.int().nonnegative(),
  receivedPackets: z.int().nonnegative(),
  receivedDropped: z.int().nonnegative(),
  receivedErrors: z.int().nonnegative(),
  sentBytes: z.int().nonnegative(),
  sentPackets: z.int().nonnegative(),
  sentDropped: z.int().nonnegative(),
  sentErrors: z.int().nonnegative(),
});
export type InterfaceFigures = z.infer<typeof interfaceFiguresSchema>;

/** Packet engine figures of a heartbeat: counters are totals since the ruleset was first applied on this boot. */
export const networkFiguresSchema = z.strictObject({
  interfaces: z.array(interfaceFiguresSchema).max(64),
  stopped: z
    .array(z.strictObject({ threat: networkThreatSchema, packets: z.int().nonnegative(), bytes: z.int().nonnegative() }))
    .max(NETWORK_THREATS.length),
  /** Per access control rule: packets that it decided. */
  rules: z.array(z.strictObject({ id: z.string().max(64), packets: z.int().nonnegative(), bytes: z.int().nonnegative() })).max(5000),
  connections: z.strictObject({ tracked: z.int().nonnegative(), limit: z.int().nonnegative() }).nullable(),
  /** Elements of the operator's block list that were read back from the kernel, of those desired. */
  blocks: z.strictObject({ desired: z.int().nonnegative(), inKernel: z.int().nonnegative() }),
  /** The box's own blocks that hold now, newest first; at most 500 are listed, `ownBlocksTotal` counts all. */
  ownBlocks: z.array(boxBlockSchema).max(500),
  ownBlocksTotal: z.int().nonnegative(),
});
export type NetworkFigures = z.infer<typeof networkFiguresSchema>;
