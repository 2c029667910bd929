import { createHash } from 'node:crypto';

/** Collections that are kept; beyond, the one that was changed longest ago goes. */
export const MAX_COLLECTIONS = 65_536;
/** Members of one collection; further names are not kept. */
export const MAX_MEMBERS = 256;
/** Bytes of a member's value that are kept. */
export const MAX_VALUE_BYTES = 4_096;
/** Bytes of all keys, names and values together; beyond, the collection that was changed longest ago goes. */
export const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

const MAX_NAME_BYTES = 192;
const KEPT_NAME_BYTES = 120;

/** A key or name within bounds: a long one is cut and ends with the SHA-256 of all of it, so that long ones stay apart. */
export function boundedName(name: string): string {
  if (name.length <= MAX_NAME_BYTES) return name;
  return `${name.slice(0, KEPT_NAME_BYTES)}~${createHash('sha256').update(name, 'latin1').digest('hex')}`;
}
