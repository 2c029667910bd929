import { z } from 'zod';
import { ipAddressSchema, portSchema, sha256Schema, uuidSchema } from '../primitives.js';
import { settingsSchema } from './settings.js';

/** A host name that an application answers for: exact, `*.` and a domain, or `*` for all others. */
export const hostPatternSchema = z
  .string()
  .max(253)
  .regex(/^(?:\*|(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/, 'must be a lower-case host name, *.domain or *');

export const upstreamTargetSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: portSchema,
  weight: z.int().min(1).max(1000).default(1),
});

export const upstreamSchema = z
  .strictObject({
    protocol: z.enum(['http', 'https']),
    targets: z.array(upstreamTargetSchema).min(1).max(64),
    balance: z.enum(['round-robin', 'least-connections']).default('round-robin'),
    /** Origin certificates are verified unless this says not to; `caPem` replaces the system's anchors. */
    verify: z.boolean().default(true),
    caPem: z.string().max(100_000).nullable().default(null),
    serverName: z.string().max(253).nullable().default(null),
  })
  .meta({ id: 'Upstream' });
export type Upstream = z.infer<typeof upstreamSchema>;

export const applicationPolicySchema = z.strictObject({
  id: uuidSchema,
  name: z.string(),
  hosts: z.array(hostPatternSchema).min(1).max(200),
  listenPort: portSchema,
  upstream: upstreamSchema,
  settings: settingsSchema,
  /** Digest of the effective settings, as the API shows it. */
  settingsDigest: sha256Schema,
});
export type ApplicationPolicy = z.infer<typeof applicationPolicySchema>;

/** The `policy` facet's content: all that one box's engine serves. Holds no secret: certificates are named by id. */
export const appliancePolicySchema = z.strictObject({
  version: z.literal(1),
  applianceId: uuidSchema,
  tenantId: uuidSchema,
  listenAddresses: z.array(ipAddressSchema).min(1).max(16),
  applications: z.array(applicationPolicySchema).max(1000),
  events: z.strictObject({
    /** Refusals a second on this box above which they fold. */
    foldAbovePerSecond: z.int().min(1).max(100_000),
    /** Bytes of unshipped events that the box keeps before it counts instead of writing. */
    spoolLimitBytes: z.int().min(1_048_576),
  }),
});
export type AppliancePolicy = z.infer<typeof appliancePolicySchema>;
