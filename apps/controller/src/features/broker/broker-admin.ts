import type { EnrolmentIdentity } from '@phalanx/contracts';

/**
 * What the controller must be able to do at a broker beyond MQTT itself. There is one adapter a kind of broker; a broker without one
 * can't be used, because nobody could be locked out of it.
 */
export abstract class BrokerAdmin {
  /**
   * Locks identities out whose certificates the authority has revoked: new connections are refused, live ones cut, what was retained for
   * them is cleared. Resolves when this acts. Repeatable.
   */
  abstract revoke(identities: readonly EnrolmentIdentity[]): Promise<void>;
  /** Brings certificates and revocation list of the broker up to date, for example after a hold was taken back. */
  abstract refresh(): Promise<void>;
}
