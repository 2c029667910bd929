import { z } from 'zod';
import { networkSchema, uuidSchema } from '../primitives.js';

export const LEVELS = ['learning', 'detection', 'prevention'] as const;
export const levelSchema = z.enum(LEVELS);
export type Level = z.infer<typeof levelSchema>;

/** Takes one rule (or all with a tag) out of the way, as narrowly as the fields say. */
export const ruleExceptionSchema = z
  .strictObject({
    ruleId: z.int().positive().optional(),
    tag: z.string().min(1).max(200).optional(),
    /** Only for this variable, for example `ARGS:comment`; absent: the whole rule. */
    target: z.string().min(1).max(200).optional(),
    /** Only where the path begins so. */
    pathPrefix: z.string().startsWith('/').max(1000).optional(),
    reason: z.string().min(1).max(500),
  })
  .refine((e) => (e.ruleId === undefined) !== (e.tag === undefined), 'give either ruleId or tag');
export type RuleException = z.infer<typeof ruleExceptionSchema>;

const signatures = z.strictObject({
  /** CRS paranoia level. */
  paranoiaLevel: z.int().min(1).max(4),
  inboundThreshold: z.int().min(1).max(1000),
  outboundThreshold: z.int().min(1).max(1000),
  exceptions: z.array(ruleExceptionSchema).max(500),
  /** The operator's own SecLang, loaded after the pack. */
  customRules: z.string().max(200_000),
});

const clientAddress = z.strictObject({
  source: z.enum(['socket', 'proxy-protocol', 'forwarded-header']),
  header: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  /** Peers whose word is taken for the client's address. */
  trustedNetworks: z.array(networkSchema).max(200),
});

const limits = z.strictObject({
  headerBytes: z.int().min(1024).max(1_048_576),
  headerCount: z.int().min(10).max(2000),
  urlBytes: z.int().min(256).max(65_536),
  /** Bytes of a request body that are inspected before the origin sees a connection. */
  inspectedBodyBytes: z.int().min(0).max(1_073_741_824),
  /** Bytes of it held in memory; the rest waits on disk. */
  bodyMemoryBytes: z.int().min(1024).max(67_108_864),
  overBodyLimit: z.enum(['reject', 'pass-unexamined']),
  headersTimeoutMs: z.int().min(100).max(300_000),
  bodyTimeoutMs: z.int().min(100).max(3_600_000),
  idleTimeoutMs: z.int().min(100).max(3_600_000),
  upstreamTimeoutMs: z.int().min(100).max(3_600_000),
  /** Requests of one source (IPv6: one /64) a second; those above are refused with 429. Each worker counts its own. 0: no limit. */
  requestsPerSecond: z.int().min(0).max(1_000_000),
});

const inspection = z.strictObject({
  responseBody: z.boolean(),
  inspectedResponseBytes: z.int().min(0).max(16_777_216),
  /** Processor time of the rules for a request, and again for each mebibyte of its body. */
  budgetMs: z.int().min(1).max(10_000),
  onBudgetExceeded: z.enum(['fail-closed', 'fail-open']),
});

const privacy = z.strictObject({
  /** Argument, header and cookie names whose values never leave the box; compared without case. */
  maskedFields: z.array(z.string().min(1).max(100)).max(500),
  maskCardNumbers: z.boolean(),
});

const availability = z.strictObject({
  /** What clients get while the engine of their box is dead: a 503, or the origin itself, uninspected (refused where a bypass is not possible). */
  onEngineFailure: z.enum(['fail-closed', 'fail-open']),
  /** After the engine is back, a bypassed connection may live on for so long (milliseconds). */
  bypassGraceMs: z.int().min(0).max(60_000),
});

const tls = z.strictObject({
  /** Secret that holds the certificate, or null for plain HTTP. */
  certificateId: uuidSchema.nullable(),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']),
});

/** Everything that a policy can set for one application, whole. */
export const settingsSchema = z
  .strictObject({ level: levelSchema, signatures, clientAddress, limits, inspection, privacy, tls, availability })
  .meta({ id: 'Settings' });
export type Settings = z.infer<typeof settingsSchema>;

/** The same with every member optional: what one level of the inheritance says. */
export const partialSettingsSchema = z
  .strictObject({
    level: levelSchema,
    signatures: signatures.partial(),
    clientAddress: clientAddress.partial(),
    limits: limits.partial(),
    inspection: inspection.partial(),
    privacy: privacy.partial(),
    tls: tls.partial(),
    availability: availability.partial(),
  })
  .partial()
  .meta({ id: 'PartialSettings' });
export type PartialSettings = z.infer<typeof partialSettingsSchema>;

/** What holds where nobody said otherwise: below the provider's baseline. */
export const DEFAULT_SETTINGS: Settings = {
  level: 'detection',
  signatures: { paranoiaLevel: 1, inboundThreshold: 5, outboundThreshold: 4, exceptions: [], customRules: '' },
  clientAddress: { source: 'socket', header: 'X-Forwarded-For', trustedNetworks: [] },
  limits: {
    headerBytes: 65_536,
    headerCount: 200,
    urlBytes: 16_384,
    inspectedBodyBytes: 13_107_200,
    bodyMemoryBytes: 262_144,
    overBodyLimit: 'reject',
    headersTimeoutMs: 10_000,
    bodyTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    upstreamTimeoutMs: 60_000,
    requestsPerSecond: 0,
  },
  inspection: { responseBody: false, inspectedResponseBytes: 524_288, budgetMs: 200, onBudgetExceeded: 'fail-closed' },
  privacy: { maskedFields: ['password', 'passwd', 'pwd', 'authorization', 'cookie', 'token', 'secret', 'api_key'], maskCardNumbers: true },
  tls: { certificateId: null, minVersion: 'TLSv1.2' },
  availability: { onEngineFailure: 'fail-closed', bypassGraceMs: 1_000 },
};
