import { createHash } from 'node:crypto';

/**
 * The one byte form of a JSON value: keys sorted by code unit, no white space, numbers as ECMAScript prints them.
 * `undefined` members are left out. What is signed or digest-addressed is always this form.
 * @see RFC 8785
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no form for a number that is not finite');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    const record = value as Record<string, unknown>;
    const members = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`canonical JSON has no form for a ${typeof value}`);
}

/** Lower-case hex SHA-256 of bytes or of a string's UTF-8 form. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The digest that addresses a JSON value: SHA-256 over its canonical form. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
