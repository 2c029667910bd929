import type { ReportedState } from '@phalanx/contracts';
import type { UpMessage } from './mqtt/mqtt-link.js';

/** Takes reported state that came inside of another message (a heartbeat). Implemented by the desired-state feature. */
export abstract class ReportedStateSink {
  /** Must bear repetition and disorder: reports carry a revision. Opens its own transaction. */
  abstract accept(message: UpMessage, reported: ReportedState): Promise<void>;
}
