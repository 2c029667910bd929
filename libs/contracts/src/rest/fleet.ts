import { z } from 'zod';
import { instantSchema, ipAddressSchema, nameSchema, portSchema, sha256Schema, slugSchema, tagSchema, uuidSchema } from '../primitives.js';
import { upstreamSchema, hostPatternSchema } from '../policy/appliance-policy.js';
import { levelSchema } from '../policy/settings.js';
import { facetSchema, releaseReferenceSchema, stateOrderSchema } from '../desired-state.js';
import { workerStateSchema } from '../reported-state.js';
import { pageQuerySchema, revisionSchema } from './common.js';

const timeZoneSchema = z
  .string()
  .max(64)
  .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'is no IANA time zone');

/** `GET|POST /api/v1/tenants`, `GET|PATCH|DELETE /api/v1/tenants/:id` */
export const tenantCreateSchema = z.strictObject({ name: nameSchema, slug: slugSchema }).meta({ id: 'TenantCreate' });
export const tenantPatchSchema = z.strictObject({ name: nameSchema }).partial().meta({ id: 'TenantPatch' });
export const tenantViewSchema = z
  .strictObject({ id: uuidSchema, name: z.string(), slug: z.string(), createdAt: instantSchema, revision: revisionSchema })
  .meta({ id: 'Tenant' });
export type TenantView = z.infer<typeof tenantViewSchema>;

/** `/api/v1/sites` */
export const siteCreateSchema = z
  .strictObject({ tenantId: uuidSchema, name: nameSchema, timeZone: timeZoneSchema })
  .meta({ id: 'SiteCreate' });
export const sitePatchSchema = z.strictObject({ name: nameSchema, timeZone: timeZoneSchema }).partial().meta({ id: 'SitePatch' });
export const siteViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    name: z.string(),
    timeZone: z.string(),
    createdAt: instantSchema,
    revision: revisionSchema,
  })
  .meta({ id: 'Site' });
export type SiteView = z.infer<typeof siteViewSchema>;

/** `/api/v1/clusters` */
export const clusterCreateSchema = z
  .strictObject({ siteId: uuidSchema, name: nameSchema, kind: z.enum(['single', 'pair']) })
  .meta({ id: 'ClusterCreate' });
export const clusterPatchSchema = z.strictObject({ name: nameSchema }).partial().meta({ id: 'ClusterPatch' });
export const clusterViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    siteId: uuidSchema,
    name: z.string(),
    kind: z.enum(['single', 'pair']),
    createdAt: instantSchema,
    revision: revisionSchema,
  })
  .meta({ id: 'Cluster' });
export type ClusterView = z.infer<typeof clusterViewSchema>;

/** Where an appliance stands, in one word, with the reason in another. */
export const SYNC_STATES = ['in-sync', 'pending', 'failed', 'drifted', 'offline', 'never-enrolled', 'quarantined'] as const;
export const syncStateSchema = z.enum(SYNC_STATES);
export type SyncState = z.infer<typeof syncStateSchema>;

/** `/api/v1/appliances` */
export const applianceCreateSchema = z
  .strictObject({
    clusterId: uuidSchema,
    name: nameSchema,
    listenAddresses: z.array(ipAddressSchema).min(1).max(16),
    tags: z.array(tagSchema).max(50).default([]),
  })
  .meta({ id: 'ApplianceCreate' });
export const appliancePatchSchema = z
  .strictObject({ name: nameSchema, listenAddresses: z.array(ipAddressSchema).min(1).max(16), tags: z.array(tagSchema).max(50) })
  .partial()
  .meta({ id: 'AppliancePatch' });

/** One facet: what is wanted, what was told to the box, and what runs, each with its time. */
export const facetViewSchema = z
  .strictObject({
    facet: facetSchema,
    desired: releaseReferenceSchema.nullable(),
    desiredAt: instantSchema.nullable(),
    sent: releaseReferenceSchema.nullable(),
    sentAt: instantSchema.nullable(),
    applied: releaseReferenceSchema.nullable(),
    appliedAt: instantSchema.nullable(),
    state: z.enum(['absent', 'pending', 'applied', 'failed', 'drifted']),
    expectedDigest: sha256Schema.nullable(),
    renderedDigest: sha256Schema.nullable(),
    reason: z.string().nullable(),
    /** Where it drifted: unified diff, what was applied against what was found. */
    diff: z.string().nullable(),
    /** Somebody said that exactly this difference is no matter: it no longer counts for the box's one word. */
    ignored: z.strictObject({ by: z.string(), at: instantSchema }).nullable(),
  })
  .meta({ id: 'FacetState' });
export type FacetView = z.infer<typeof facetViewSchema>;

export const applianceViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    siteId: uuidSchema,
    clusterId: uuidSchema,
    name: z.string(),
    listenAddresses: z.array(z.string()),
    tags: z.array(z.string()),
    createdAt: instantSchema,
    revision: revisionSchema,
    online: z.boolean(),
    lastSeenAt: instantSchema.nullable(),
    syncState: syncStateSchema,
    /** Why it is not in sync, in words; null when it is. */
    syncReason: z.string().nullable(),
    agentVersion: z.string().nullable(),
    engineVersion: z.string().nullable(),
  })
  .meta({ id: 'Appliance' });
export type ApplianceView = z.infer<typeof applianceViewSchema>;

/** `GET /api/v1/appliances/:id/state` */
export const applianceStateViewSchema = z
  .strictObject({
    applianceId: uuidSchema,
    tenantId: uuidSchema,
    desiredOrder: stateOrderSchema.nullable(),
    sentOrder: stateOrderSchema.nullable(),
    reportedOrder: stateOrderSchema.nullable(),
    reportedAt: instantSchema.nullable(),
    facets: z.array(facetViewSchema),
    workersWanted: z.int(),
    workers: z.array(workerStateSchema),
  })
  .meta({ id: 'ApplianceState' });
export type ApplianceStateView = z.infer<typeof applianceStateViewSchema>;

export const applianceQuerySchema = pageQuerySchema.extend({
  tenantId: uuidSchema.optional(),
  siteId: uuidSchema.optional(),
  clusterId: uuidSchema.optional(),
  tag: tagSchema.optional(),
  syncState: syncStateSchema.optional(),
  q: z.string().min(1).max(100).optional(),
});
export const tenantScopedQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional() });

/** `/api/v1/applications` */
const applicationFields = {
  name: nameSchema,
  hosts: z.array(hostPatternSchema).min(1).max(200),
  listenPort: portSchema,
  upstream: upstreamSchema,
};
export const applicationCreateSchema = z.strictObject({ clusterId: uuidSchema, ...applicationFields }).meta({ id: 'ApplicationCreate' });
export const applicationPatchSchema = z.strictObject(applicationFields).partial().meta({ id: 'ApplicationPatch' });
/** `PUT /api/v1/applications/:id/level`: the short way to set `settings.level` in the application's own policy. */
export const applicationLevelSchema = z.strictObject({ level: levelSchema }).meta({ id: 'ApplicationLevel' });
export const applicationViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    clusterId: uuidSchema,
    ...applicationFields,
    upstream: upstreamSchema,
    /** Effective level, after inheritance. */
    level: levelSchema,
    settingsDigest: sha256Schema,
    settingsVersion: z.int().min(1),
    createdAt: instantSchema,
    revision: revisionSchema,
  })
  .meta({ id: 'Application' });
export type ApplicationView = z.infer<typeof applicationViewSchema>;
export const applicationQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional(), clusterId: uuidSchema.optional() });
