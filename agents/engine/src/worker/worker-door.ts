import type { AppliancePolicy } from '@phalanx/contracts';
import type { Ruleset } from '@phalanx/seclang';
import type { SpoolUse } from '../events/spool-space.js';
import type { MetricsSnapshot } from '../metrics/worker-metrics.js';
import type { GateFactory } from './gate-factory.js';
import type { PortPlan } from './port-plan.js';
import type { Generation } from './worker-messages.js';

/** What the engine's two doors do each in their own way in a worker: where it listens, what judges, and where findings go. */
export interface WorkerDoor {
  readonly gates: GateFactory;
  /** How long a worker whose primary has died goes on taking connections, in ms. */
  readonly orphanServeMs: number;
  /** The ports of a generation. Throws the reason when it can't be served. */
  plan(generation: Generation, rulesetOf: (applicationId: string) => Ruleset | null): PortPlan[];
  /** Takes over what a policy that now runs says of records. */
  configure(policy: AppliancePolicy): void;
  /** Takes what the primary measured. */
  measured(use: SpoolUse): void;
  recorded(): Pick<MetricsSnapshot, 'eventsWritten' | 'eventsLost'>;
  close(): Promise<void>;
}
