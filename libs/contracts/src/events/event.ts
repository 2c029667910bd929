import { z } from 'zod';
import { haTransitionSchema } from '../ha/ha-event.js';
import { networkThreatSchema } from '../network/figures.js';
import { instantSchema, uuidSchema } from '../primitives.js';

export const SEVERITIES = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

/** One rule that matched. `matched` is the matched text, masked, at most 200 characters, non-printing bytes as `\xhh`. */
export const matchedRuleSchema = z.strictObject({
  id: z.int().nonnegative(),
  message: z.string().max(500),
  severity: severitySchema,
  tags: z.array(z.string().max(200)).max(64),
  /** Where it matched, for example `ARGS:id`. */
  variable: z.string().max(300),
  matched: z.string().max(1000),
});
export type MatchedRule = z.infer<typeof matchedRuleSchema>;

/** The first of the rules with the highest severity: what an event is about, rather than what was noticed on the way. */
export function gravestRule(rules: readonly MatchedRule[]): MatchedRule | undefined {
  return SEVERITIES.map((severity) => rules.find((rule) => rule.severity === severity)).find((rule) => rule !== undefined);
}

const eventTime = {
  /** The box's wall clock. */
  time: instantSchema,
  /** Identifies the boot (`/proc/sys/kernel/random/boot_id`); with `monotonicMs` it orders events of a box whose wall clock jumps. */
  bootId: z.string().min(1).max(64),
  /** The kernel's monotonic clock (`process.hrtime`): one count for all processes of a boot. */
  monotonicMs: z.number().nonnegative(),
};

/** A request that a rule objected to. `count` is above 1 when refusals of one (source, rule, application, second) were folded. */
export const attackEventSchema = z.strictObject({
  kind: z.literal('attack'),
  ...eventTime,
  requestId: z.string().min(8).max(64),
  applicationId: uuidSchema.nullable(),
  /** Client address by the application's client-address policy, and the peer that connected. */
  source: z.string().max(64),
  peer: z.string().max(64),
  method: z.string().max(64),
  host: z.string().max(300),
  path: z.string().max(4000),
  query: z.string().max(4000),
  protocol: z.string().max(20),
  userAgent: z.string().max(500),
  rules: z.array(matchedRuleSchema).max(64),
  action: z.enum(['blocked', 'detected', 'passed']),
  /** HTTP status that the client saw; 0 where no answer had been chosen yet. */
  status: z.int().min(0).max(999),
  score: z.strictObject({ inbound: z.int(), outbound: z.int() }),
  level: z.enum(['learning', 'detection', 'prevention']),
  /** Which stage judged: `signatures`, `protocol`, `limits`, `budget`, … */
  stage: z.string().max(40),
  count: z.int().min(1),
});
export type AttackEvent = z.infer<typeof attackEventSchema>;

/** Something that happened to the box or its services, for example `engine.worker-replaced`. */
export const systemEventSchema = z.strictObject({
  kind: z.literal('system'),
  ...eventTime,
  code: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    .max(100),
  severity: severitySchema,
  message: z.string().max(2000),
  details: z.record(z.string().max(100), z.json()),
});
export type SystemEvent = z.infer<typeof systemEventSchema>;

/** Attack events that could not be written (disk full, I/O error), counted instead. The verdicts stood. */
export const lossEventSchema = z.strictObject({
  kind: z.literal('loss'),
  ...eventTime,
  from: instantSchema,
  to: instantSchema,
  lost: z.int().min(1),
  reason: z.string().max(500),
});
export type LossEvent = z.infer<typeof lossEventSchema>;

/**
 * Packets that the packet engine stopped (or a rule that logs let pass), folded per (threat, source, destination, port) and interval: `count` packets
 * between `from` and `time`.
 */
export const networkEventSchema = z.strictObject({
  kind: z.literal('network'),
  ...eventTime,
  from: instantSchema,
  threat: networkThreatSchema,
  action: z.enum(['blocked', 'passed']),
  /** Where the packets said they came from; an address or, where only that is known, a network. */
  source: z.string().max(64),
  destination: z.string().max(64).nullable(),
  port: z.int().min(0).max(65_535).nullable(),
  /** IANA protocol name in lower case, or its number. */
  protocol: z.string().max(20),
  interface: z.string().max(15).nullable(),
  /** The access control or payload rule that judged. */
  rule: z.string().max(100).nullable(),
  /** Until when the source is refused because of it. */
  blockedUntil: instantSchema.nullable(),
  count: z.int().min(1),
  bytes: z.int().nonnegative(),
});
export type NetworkEvent = z.infer<typeof networkEventSchema>;

/** One member of a pair changed its state. */
export const haEventSchema = z.strictObject({ kind: z.literal('ha'), ...eventTime, ...haTransitionSchema });
export type HaEvent = z.infer<typeof haEventSchema>;

export const applianceEventSchema = z.discriminatedUnion('kind', [
  attackEventSchema,
  systemEventSchema,
  lossEventSchema,
  networkEventSchema,
  haEventSchema,
]);
export type ApplianceEvent = z.infer<typeof applianceEventSchema>;
