import { z } from 'zod';
import { instantSchema, uuidSchema } from '../primitives.js';
import { pageQuerySchema } from './common.js';

/** `POST /api/v1/appliances/:id/claims`: the claim's secret is in this answer and nowhere else. */
export const claimCreateSchema = z.strictObject({ validMinutes: z.int().min(1).max(10_080).default(60) }).meta({ id: 'ClaimCreate' });
export const claimCreatedSchema = z
  .strictObject({
    id: uuidSchema,
    applianceId: uuidSchema,
    claim: z.string(),
    expiresAt: instantSchema,
    enrolmentUrls: z.array(z.string()),
    /** SHA-256 of the enrolment endpoint's CA certificate, which the box pins for its first call. */
    caFingerprint: z.string(),
  })
  .meta({ id: 'ClaimCreated' });
export type ClaimCreated = z.infer<typeof claimCreatedSchema>;

/** `GET /api/v1/enrolments`, `POST /api/v1/enrolments/:id/revoke`, `POST /api/v1/enrolments/:id/quarantine|release` */
export const enrolmentViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    applianceId: uuidSchema,
    serial: z.string(),
    state: z.enum(['issued', 'active', 'superseded', 'quarantined', 'revoked', 'expired']),
    reason: z.string().nullable(),
    issuedAt: instantSchema,
    notAfter: instantSchema,
    firstConnectedAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
    facts: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Enrolment' });
export type EnrolmentView = z.infer<typeof enrolmentViewSchema>;
export const enrolmentReasonSchema = z.strictObject({ reason: z.string().min(1).max(500) }).meta({ id: 'EnrolmentReason' });
export const enrolmentQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional(), applianceId: uuidSchema.optional() });

/** `POST /api/v1/secrets` stores a TLS certificate with its key; the key is never answered. */
export const secretCreateSchema = z
  .strictObject({
    tenantId: uuidSchema,
    name: z.string().min(1).max(100),
    kind: z.literal('tls-certificate'),
    certificatePem: z.string().min(1).max(60_000),
    privateKeyPem: z.string().min(1).max(20_000),
  })
  .meta({ id: 'SecretCreate' });
