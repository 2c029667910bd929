import type { ApplianceEvent } from '@phalanx/contracts';
import type { Disk, Logger } from '@phalanx/kit';
import type { BoxHome } from './box-home.js';
import type { ControllerLink } from './controller-link.js';
import type { EngineLink } from './engine-link.js';

type WithoutTime<E> = E extends ApplianceEvent ? Omit<E, 'time' | 'bootId' | 'monotonicMs'> : never;
/** What a feature says happened; the recorder adds the times. */
export type RecordedEvent = WithoutTime<Exclude<ApplianceEvent, { kind: 'attack' }>>;

/** What every feature of the agent is given. */
export interface AgentContext {
  readonly home: BoxHome;
  readonly disk: Disk;
  readonly link: ControllerLink;
  readonly engine: EngineLink;
  readonly logger: Logger;
  /** Aborts when the agent stops; features then end on their own. */
  readonly signal: AbortSignal;
  /** Writes an event of the agent's own into its spool. Never throws; what can't be written is counted. */
  record(event: RecordedEvent): void;
}

/** A running feature. `stop` resolves when it holds nothing any more. */
export interface RunningFeature {
  stop(): Promise<void>;
}
