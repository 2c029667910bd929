import { z } from 'zod';
import { instantSchema, sha256Schema, uuidSchema } from './primitives.js';

/** What an appliance converges on. A later facet: firmware. */
export const FACETS = ['signatures', 'policy', 'network', 'ha', 'patterns'] as const;
export const facetSchema = z.enum(FACETS);
/** Facets that the engine's workers run; they switch together. */
export const ENGINE_FACETS = ['signatures', 'policy'] as const;
export const engineFacetSchema = z.enum(ENGINE_FACETS);
export type EngineFacet = z.infer<typeof engineFacetSchema>;
/** Facets whose content is one document that the agent applies by itself, each on its own. One that is wanted no longer is taken away. */
export const DRIVER_FACETS = ['network', 'ha', 'patterns'] as const;
export type DriverFacet = (typeof DRIVER_FACETS)[number];
export type Facet = z.infer<typeof facetSchema>;

/** A TUF target: what to run, and in which repository its signed metadata stands. */
export const releaseReferenceSchema = z.strictObject({
  repository: z.enum(['provider', 'tenant']),
  /** TUF target path, for example `policy/<appliance>/17.json` or `signatures/crs/4.25.1.json`. */
  path: z.string().min(1).max(300),
  /** Version that people read, for example `4.25.1` or the policy's version number. */
  version: z.string().min(1).max(64),
  length: z.int().nonnegative(),
  sha256: sha256Schema,
});
export type ReleaseReference = z.infer<typeof releaseReferenceSchema>;

/** Compares two desired states of one box: epoch first, then generation. */
export const stateOrderSchema = z.strictObject({ epoch: z.int().min(1), generation: z.int().min(0) });
export type StateOrder = z.infer<typeof stateOrderSchema>;

/** Negative when a is older than b, zero when equal, positive when newer. */
export function compareOrder(a: StateOrder, b: StateOrder): number {
  return a.epoch - b.epoch || a.generation - b.generation;
}

/** The whole intent for one box. Signed (see `signedSchema`), retained on `down/desired`. */
export const desiredStateSchema = z.strictObject({
  version: z.literal(1),
  applianceId: uuidSchema,
  tenantId: uuidSchema,
  order: stateOrderSchema,
  issuedAt: instantSchema,
  /** Facets that are absent are left as they run. */
  facets: z.strictObject({
    signatures: releaseReferenceSchema.optional(),
    policy: releaseReferenceSchema.optional(),
    network: releaseReferenceSchema.optional(),
    ha: releaseReferenceSchema.optional(),
    patterns: releaseReferenceSchema.optional(),
  }),
  /** Where the box finds its controller: a fleet can be re-homed by a signed state. */
  controller: z.strictObject({
    mqttUrls: z.array(z.string().max(300)).min(1).max(8),
    enrolmentUrls: z.array(z.string().max(300)).min(1).max(8),
  }),
});
export type DesiredState = z.infer<typeof desiredStateSchema>;

/** Ed25519 signatures (base64) over the canonical JSON of `signed`. */
export const signatureSchema = z.strictObject({ keyId: sha256Schema, signature: z.base64().max(200) });
export const signedDesiredStateSchema = z.strictObject({ signed: desiredStateSchema, signatures: z.array(signatureSchema).min(1).max(8) });
export type SignedDesiredState = z.infer<typeof signedDesiredStateSchema>;
