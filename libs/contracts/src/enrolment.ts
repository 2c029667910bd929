import { z } from 'zod';
import { instantSchema, uuidSchema } from './primitives.js';
import { signatureSchema } from './desired-state.js';

/** Body of `POST /enrol/v1/enrol`, the HTTPS endpoint on its own listener. The CSR's key is P-256. */
export const enrolRequestSchema = z.strictObject({
  claim: z.string().min(20).max(200),
  csrPem: z.string().min(100).max(10_000),
  /** What the box says of itself; shown to operators, never trusted for rights. */
  facts: z.strictObject({ hostname: z.string().max(253), agentVersion: z.string().max(64), machineId: z.string().max(128) }),
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

/**
 * Body of `POST /enrol/v1/renew`: a box renews before expiry (over MQTT or here) or from quarantine after it. `proof` is an
 * ECDSA P-256 SHA-256 signature (base64, DER) by the enrolled key over the canonical JSON of `{applianceId, serial, csrPem, issuedAt}`.
 */
export const renewRequestSchema = z.strictObject({
  applianceId: uuidSchema,
  serial: z.string().regex(/^[0-9a-f]{1,40}$/),
  csrPem: z.string().min(100).max(10_000),
  issuedAt: instantSchema,
  proof: z.base64().max(400),
});
export type RenewRequest = z.infer<typeof renewRequestSchema>;

/** A public key that signs desired state: Ed25519, SubjectPublicKeyInfo in PEM. */
export const stateKeySchema = z.strictObject({ keyId: signatureSchema.shape.keyId, publicKeyPem: z.string().max(1000) });

/** What an accepted enrolment or renewal gives. */
export const enrolmentGrantSchema = z.strictObject({
  applianceId: uuidSchema,
  tenantId: uuidSchema,
  serial: z.string(),
  certificatePem: z.string(),
  /** Trust anchor of broker and controller. */
  caPem: z.string(),
  notAfter: instantSchema,
  mqttUrls: z.array(z.string()).min(1),
  enrolmentUrls: z.array(z.string()).min(1),
  stateKeys: z.array(stateKeySchema).min(1),
  /** Trusted TUF roots (JSON texts), by repository. */
  tufRoots: z.strictObject({ provider: z.string(), tenant: z.string() }),
});
export type EnrolmentGrant = z.infer<typeof enrolmentGrantSchema>;

/** Answer on `down/renew` to a `renewRequestSchema` message on `up/renew`. */
export const renewAnswerSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('ok'), grant: enrolmentGrantSchema }),
  z.strictObject({ status: z.literal('refused'), code: z.string(), message: z.string() }),
]);
export type RenewAnswer = z.infer<typeof renewAnswerSchema>;
