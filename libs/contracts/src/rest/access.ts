import { z } from 'zod';
import { instantSchema, nameSchema, uuidSchema } from '../primitives.js';
import { permissionSchema, roleSchema } from '../access.js';
import { pageQuerySchema, revisionSchema } from './common.js';

const userNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._@-]{1,99}$/, 'must be lower-case letters, digits and . _ @ -');
const passwordSchema = z.string().min(12).max(200);

/** `POST /api/v1/session` signs in (sets an HttpOnly cookie), `GET` tells who, `DELETE` signs out. */
export const loginSchema = z
  .strictObject({ username: z.string().min(1).max(100), password: z.string().min(1).max(200) })
  .meta({ id: 'Login' });
/** A role for one tenant, or for all present and future ones when `tenantId` is null. */
export const roleBindingSchema = z.strictObject({ role: roleSchema, tenantId: uuidSchema.nullable() });
export type RoleBinding = z.infer<typeof roleBindingSchema>;
export const sessionViewSchema = z
  .strictObject({
    operatorId: uuidSchema,
    username: z.string(),
    displayName: z.string(),
    bindings: z.array(roleBindingSchema),
    permissions: z.array(permissionSchema),
    tenants: z.array(z.strictObject({ id: uuidSchema, name: z.string(), slug: z.string() })),
    expiresAt: instantSchema,
    /** Sent back in `X-CSRF-Token` with every change made by cookie. Null for API tokens. */
    csrfToken: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof sessionViewSchema>;

/** `/api/v1/operators` */
export const operatorCreateSchema = z
  .strictObject({
    username: userNameSchema,
    displayName: nameSchema,
    password: passwordSchema,
    bindings: z.array(roleBindingSchema).max(1000),
  })
  .meta({ id: 'OperatorCreate' });
export const operatorPatchSchema = z
  .strictObject({
    displayName: nameSchema,
    password: passwordSchema,
    bindings: z.array(roleBindingSchema).max(1000),
    disabled: z.boolean(),
  })
  .partial()
  .meta({ id: 'OperatorPatch' });
export const operatorViewSchema = z
  .strictObject({
    id: uuidSchema,
    username: z.string(),
    displayName: z.string(),
    bindings: z.array(roleBindingSchema),
    disabled: z.boolean(),
    lastLoginAt: instantSchema.nullable(),
    createdAt: instantSchema,
    revision: revisionSchema,
  })
  .meta({ id: 'Operator' });
export type OperatorView = z.infer<typeof operatorViewSchema>;

/** `/api/v1/tokens`: the secret is in the answer to the POST and nowhere else. */
export const tokenCreateSchema = z
  .strictObject({
    name: nameSchema,
    permissions: z.array(permissionSchema).min(1),
    /** Null: all tenants of the maker, as they are at each use. */
    tenantIds: z.array(uuidSchema).min(1).max(1000).nullable().default(null),
    expiresInDays: z.int().min(1).max(366),
  })
  .meta({ id: 'TokenCreate' });
export const tokenViewSchema = z
  .strictObject({
    id: uuidSchema,
    name: z.string(),
    permissions: z.array(permissionSchema),
    tenantIds: z.array(uuidSchema).nullable(),
    createdAt: instantSchema,
    expiresAt: instantSchema,
    lastUsedAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Token' });
export type TokenView = z.infer<typeof tokenViewSchema>;
export const tokenCreatedSchema = z.strictObject({ token: tokenViewSchema, secret: z.string() }).meta({ id: 'TokenCreated' });
export type TokenCreated = z.infer<typeof tokenCreatedSchema>;

/** `GET /api/v1/audit`, newest first; `GET /api/v1/audit/verification` recomputes the chain. */
export const auditViewSchema = z
  .strictObject({
    id: uuidSchema,
    sequence: z.int().min(1),
    tenantId: uuidSchema.nullable(),
    at: instantSchema,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    outcome: z.enum(['done', 'refused']),
    details: z.record(z.string(), z.json()),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditView = z.infer<typeof auditViewSchema>;
export const auditVerificationSchema = z
  .strictObject({ entries: z.int(), ok: z.boolean(), brokenAt: z.int().nullable(), head: z.string() })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
export const auditQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional(), action: z.string().min(1).max(100).optional() });
