import { z } from 'zod';
import { instantSchema, sha256Schema, uuidSchema } from './primitives.js';

/** Asked on `up/secret`: a secret that the box's applied or desired policy names by id. */
export const secretRequestSchema = z.strictObject({ requestId: uuidSchema, secretId: uuidSchema });
export type SecretRequest = z.infer<typeof secretRequestSchema>;

/**
 * A secret sealed to the P-256 key of one enrolment: ephemeral ECDH, HKDF-SHA-256, AES-256-GCM. The additional data binds it to
 * the box, the secret and the enrolment's serial, so that it can't be replayed to another. All byte fields are base64.
 */
export const sealedSecretSchema = z.strictObject({
  algorithm: z.literal('ECDH-ES-P256-HKDF-SHA256-A256GCM'),
  secretId: uuidSchema,
  applianceId: uuidSchema,
  serial: z.string().regex(/^[0-9a-f]{1,40}$/),
  ephemeralKey: z.base64().max(400),
  nonce: z.base64().max(64),
  ciphertext: z.base64().max(100_000),
});
export type SealedSecret = z.infer<typeof sealedSecretSchema>;

/** Answer on `down/secret`. Missing and not allowed answer alike. */
export const secretAnswerSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('ok'), requestId: uuidSchema, sealed: sealedSecretSchema }),
  z.strictObject({ status: z.literal('missing'), requestId: uuidSchema }),
]);
export type SecretAnswer = z.infer<typeof secretAnswerSchema>;

/** What is inside a sealed application certificate. */
export const tlsSecretSchema = z.strictObject({
  certificatePem: z.string().min(1).max(60_000),
  privateKeyPem: z.string().min(1).max(20_000),
});
export type TlsSecret = z.infer<typeof tlsSecretSchema>;

/** What the API shows of a stored secret: never its content. */
export const secretViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    name: z.string(),
    kind: z.enum(['tls-certificate']),
    fingerprint: sha256Schema,
    subjects: z.array(z.string()),
    notAfter: instantSchema.nullable(),
    createdAt: instantSchema,
  })
  .meta({ id: 'Secret' });
export type SecretView = z.infer<typeof secretViewSchema>;
