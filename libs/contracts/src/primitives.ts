import { z } from 'zod';

/** A version-4 (or 7) UUID in lower case: the id of every row that the API shows. */
export const uuidSchema = z.uuid().toLowerCase();

/** Lower-case hex SHA-256. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256');

/** An instant as RFC 3339 text in UTC, for example `2026-11-21T19:30:00.000Z`. */
export const instantSchema = z.iso.datetime({ offset: false });

/** A short name that people give: 1 to 100 characters, no control characters, no space at the ends. */
export const nameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u, 'must not begin or end with a space or hold control characters');

/** A name used in addresses and selectors: lower-case letters, digits and hyphens. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, at most 63');

/** A tag as `key` or `key=value`. */
export const tagSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}(=[A-Za-z0-9._-]{1,63})?$/, 'must read key or key=value');

/** A TCP port that can be listened on. */
export const portSchema = z.int().min(1).max(65535);

/** An IPv4 or IPv6 address as text. */
export const ipAddressSchema = z.union([z.ipv4(), z.ipv6()]);

/** An IPv4 or IPv6 network as `address/prefix`. */
export const networkSchema = z.union([z.cidrv4(), z.cidrv6()]);
