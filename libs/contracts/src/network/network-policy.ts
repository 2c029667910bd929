import { z } from 'zod';
import { nameSchema, portSchema, uuidSchema } from '../primitives.js';
import { addressGroupSchema, addressSchema, groupNameSchema, scheduleSchema, serviceSchema } from './addresses.js';
import { interfaceNameSchema, interfaceRoleSchema, interfaceSchema, routeSchema } from './interfaces.js';
import { managementSchema, payloadRuleSchema, protectionsSchema } from './protections.js';

/** Whom a rule is about: the name of an address group, or addresses; empty: everybody. */
const endpointsSchema = z.strictObject({ groups: z.array(groupNameSchema).max(64), addresses: z.array(addressSchema).max(1000) });

/** One line of the access control list (F38). The first that fits decides. Answers to what was accepted pass (connection tracking). */
export const firewallRuleSchema = z.strictObject({
  id: uuidSchema,
  name: nameSchema,
  enabled: z.boolean(),
  /** `input`: to the box itself; `forward`: through it. */
  direction: z.enum(['input', 'forward']),
  /** Role of the interface that the packet comes in by; null: any. */
  from: interfaceRoleSchema.nullable(),
  source: endpointsSchema,
  destination: endpointsSchema,
  /** Names of services; empty: every protocol. */
  services: z.array(groupNameSchema).max(64),
  /** Name of a schedule; null: always. */
  schedule: groupNameSchema.nullable(),
  action: z.enum(['accept', 'drop', 'reject']),
  /** Whether connections that fit become events. */
  log: z.boolean(),
});
export type FirewallRule = z.infer<typeof firewallRuleSchema>;

/** Copies of packets for an intrusion detection system (F45). */
export const mirrorSchema = z.strictObject({
  from: interfaceNameSchema,
  to: interfaceNameSchema,
  direction: z.enum(['in', 'out', 'both']),
});

/**
 * Inline bridge mode (F46): the box sits in the wire between two interfaces; connections to the intercepted ports reach the engine by TPROXY,
 * and the engine speaks to the origin from the client's own address. Everything else is bridged.
 */
export const inlineBridgeSchema = z.strictObject({
  name: interfaceNameSchema,
  clientSide: interfaceNameSchema,
  originSide: interfaceNameSchema,
  intercept: z
    .array(z.strictObject({ address: addressSchema, port: portSchema }))
    .min(1)
    .max(256),
});
export type InlineBridge = z.infer<typeof inlineBridgeSchema>;

/** What an operator writes for a cluster: the same on each of its members, but for `interfaces` and `routes` (see `memberNetworkSchema`). */
export const networkPolicySchema = z
  .strictObject({
    addressGroups: z.array(addressGroupSchema).max(500),
    services: z.array(serviceSchema).max(500),
    schedules: z.array(scheduleSchema).max(100),
    rules: z.array(firewallRuleSchema).max(5000),
    /** What happens where no rule fits. */
    defaults: z.strictObject({ input: z.enum(['accept', 'drop']), forward: z.enum(['accept', 'drop']) }),
    protections: protectionsSchema,
    payloadRules: z.array(payloadRuleSchema).max(500),
    management: managementSchema,
    mirrors: z.array(mirrorSchema).max(8),
    inlineBridge: inlineBridgeSchema.nullable(),
    /** Seconds within which a box must reach its controller after a change, or undoes it. */
    confirmSeconds: z.int().min(5).max(600),
  })
  .meta({ id: 'NetworkPolicy' });
export type NetworkPolicy = z.infer<typeof networkPolicySchema>;

/** The part that is each member's own. */
export const memberNetworkSchema = z
  .strictObject({ interfaces: z.array(interfaceSchema).max(64), routes: z.array(routeSchema).max(500) })
  .meta({ id: 'MemberNetwork' });
export type MemberNetwork = z.infer<typeof memberNetworkSchema>;

/** A policy that protects and filters nothing that the operator didn't name: the start of every cluster's own. */
export const DEFAULT_NETWORK_POLICY: NetworkPolicy = {
  addressGroups: [],
  services: [],
  schedules: [],
  rules: [],
  defaults: { input: 'accept', forward: 'drop' },
  protections: {
    floods: {
      syn: { perSecond: 200, burst: 400 },
      synTotal: null,
      udp: { perSecond: 1000, burst: 2000 },
      icmp: { perSecond: 20, burst: 40 },
      connections: 2000,
      blockSeconds: 0,
    },
    malformed: true,
    scans: { enabled: true, targets: 20, windowSeconds: 10, blockSeconds: 600 },
    refusals: { enabled: false, count: 100, windowSeconds: 10, blockSeconds: 600 },
    spoofing: true,
    fragments: 'drop-evil',
    exempt: [],
  },
  payloadRules: [],
  management: { networks: [], ports: [], rate: { perSecond: 10, burst: 20 } },
  mirrors: [],
  inlineBridge: null,
  confirmSeconds: 30,
};
