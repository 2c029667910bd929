import type { DesiredState, EnrolmentGrant } from '@phalanx/contracts';
import type { IdentityStore } from './identity-store.js';

type Addresses = DesiredState['controller'];

/** The present grant, and where the controller is: what a signed desired state said last comes first, what the grant said after it. */
export class ControllerDirectory {
  private addresses: Addresses | null;

  constructor(
    private current: EnrolmentGrant,
    private readonly store: IdentityStore,
  ) {
    this.addresses = store.addresses();
  }

  grant(): EnrolmentGrant {
    return this.current;
  }

  take(grant: EnrolmentGrant): void {
    this.current = grant;
  }

  /** A signed desired state may re-home a box. Remembered over restarts. */
  rehome(addresses: Addresses): void {
    if (JSON.stringify(addresses) === JSON.stringify(this.addresses)) return;
    this.store.saveAddresses(addresses);
    this.addresses = addresses;
  }

  mqttUrls(): string[] {
    return [...new Set([...(this.addresses?.mqttUrls ?? []), ...this.current.mqttUrls])];
  }

  enrolmentUrls(): string[] {
    return [...new Set([...(this.addresses?.enrolmentUrls ?? []), ...this.current.enrolmentUrls])];
  }
}
