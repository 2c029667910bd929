import { readFileSync } from 'node:fs';
import { type HaStatus, haStatusSchema } from '@phalanx/contracts';

/** The keeper notes a sign of the peer at most every two seconds, and looks every second. */
const PEER_SIGN_MS = 5_000;

/** Who has the pair's addresses, as far as this member knows. */
export type PairHolder = 'here' | 'peer' | 'nobody' | 'unknown';

/** Null where the pair's keeper has written nothing that can be read. */
export function readHaState(path: string): HaStatus | null {
  try {
    return haStatusSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Judges by the keeper's own words. A member whose engine is dead is at fault and hears its peer's advertisements; when there have been none for a while,
 * nobody serves. A member that takes no part (`stopped`, not begun) knows nothing.
 */
export function holderOf(status: HaStatus | null, nowMs: number): PairHolder {
  if (!status) return 'unknown';
  if (status.state === 'master' || status.held.length > 0) return 'here';
  const seenMs = status.peerSeenAt === null ? -Infinity : Date.parse(status.peerSeenAt);
  if (nowMs - seenMs < PEER_SIGN_MS) return 'peer';
  return status.state === 'fault' || status.state === 'backup' ? 'nobody' : 'unknown';
}
