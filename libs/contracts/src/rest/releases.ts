import { z } from 'zod';
import { instantSchema, sha256Schema, uuidSchema } from '../primitives.js';
import { signaturePackSchema } from '../signature-pack.js';
import { pageQuerySchema } from './common.js';

/** `POST /api/v1/signature-packs` publishes a pack to the provider's repository; `GET` lists. Needs `release:write` for all tenants. */
export const packCreateSchema = signaturePackSchema;
export const packViewSchema = z
  .strictObject({
    id: uuidSchema,
    name: z.string(),
    packVersion: z.string(),
    path: z.string(),
    length: z.int(),
    sha256: sha256Schema,
    files: z.int(),
    createdAt: instantSchema,
    createdBy: z.string(),
  })
  .meta({ id: 'SignaturePack' });
export type PackView = z.infer<typeof packViewSchema>;

/** `PUT /api/v1/appliances/:id/signatures` (or `/clusters/:id/signatures`): which pack runs there. */
export const packAssignSchema = z.strictObject({ packId: uuidSchema }).meta({ id: 'PackAssign' });
export const packQuerySchema = pageQuerySchema.extend({ name: z.string().min(1).max(63).optional() });
