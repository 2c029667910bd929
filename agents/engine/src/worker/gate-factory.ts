import type { ApplicationPolicy } from '@phalanx/contracts';
import type { Gate } from '@phalanx/proxy';
import type { Ruleset } from '@phalanx/seclang';

/** Makes the gates of a generation. */
export interface GateFactory {
  /** `ruleset` is null where no signatures are evaluated. */
  forApplication(application: ApplicationPolicy, ruleset: Ruleset | null): Gate;
  /** For requests that no application takes, and for what is no request at all. */
  unrouted(): Gate;
}
