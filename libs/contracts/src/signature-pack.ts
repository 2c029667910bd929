import { z } from 'zod';

/**
 * The `signatures` facet's content: SecLang files and their data, as text, in one JSON document. Files load in the order of
 * `load`; others are data for `@pmFromFile` and the like.
 * The texts are Unicode; rules see them as the bytes of their UTF-8 form. Names are relative, without `..`.
 */
const fileName = z
  .string()
  .max(200)
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'must be a relative path');

export const signaturePackSchema = z
  .strictObject({
    version: z.literal(1),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    packVersion: z.string().min(1).max(64),
    /** Files of SecLang, in load order. The set-up file comes first. */
    load: z.array(fileName).min(1).max(2000),
    files: z.record(fileName, z.string().max(4_000_000)),
  })
  .refine((pack) => pack.load.every((name) => name in pack.files), 'every name in load must be in files');
export type SignaturePack = z.infer<typeof signaturePackSchema>;
