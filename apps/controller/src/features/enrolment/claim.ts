import { randomBytes } from 'node:crypto';
import { sha256Hex } from '@phalanx/kit';

/** A new claim: 256 random bits, recognisable in a paste. Shown once, stored as its hash. */
export function newClaim(): string {
  return `pxc_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a claim. Its entropy makes a slow hash needless. */
export function hashClaim(claim: string): string {
  return sha256Hex(claim);
}
