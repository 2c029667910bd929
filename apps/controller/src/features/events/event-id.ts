import { createHash } from 'node:crypto';

const VERSION_8 = 0x80;
const VARIANT = 0x80;

/**
 * Ids of a stream's events: the same (appliance, stream, position) always gives the same id, so an event can be found again
 * without knowing when it happened. A UUID of version 8: 74 bits of SHA-256 over appliance and stream, then the position as 48
 * bits, so that a stream's ids lie side by side in the index.
 * @see RFC 9562 5.8
 */
export function eventIdsOf(applianceId: string, stream: string): (position: number) => string {
  const digest = createHash('sha256').update(`${applianceId} ${stream}`).digest();
  digest[6] = (digest[6]! & 0x0f) | VERSION_8;
  digest[8] = (digest[8]! & 0x3f) | VARIANT;
  const hex = digest.toString('hex', 0, 10);
  const head = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-`;
  return (position) => head + position.toString(16).padStart(12, '0');
}
