import type { AppliancePolicy } from '@phalanx/contracts';
import type { Logger } from '@phalanx/kit';
import type { CollectionStore } from '@phalanx/seclang';
import { EventWriter } from '../events/event-writer.js';
import { LossCounter } from '../events/loss-counter.js';
import { SharedRate } from '../events/shared-rate.js';
import { SpoolSpace, type SpoolUse } from '../events/spool-space.js';
import type { MetricsSnapshot, WorkerMetrics } from '../metrics/worker-metrics.js';
import { ownIdentity } from '../process-identity.js';
import { PolicyGates } from './policy-gates.js';
import { planPorts, type PortPlan } from './port-plan.js';
import { readTlsSecrets } from './secret-files.js';
import type { WorkerDoor } from './worker-door.js';
import type { ApplianceDoorSetup, Generation, WorkerSetup } from './worker-messages.js';

/** Until the first policy says otherwise. */
const FIRST_SPOOL_LIMIT_BYTES = 64 * 1024 * 1024;
const FIRST_FOLD_ABOVE = 100;

/** A worker of an appliance: ports and gates are those of the policy, findings become events in a segment of its own. */
export class ApplianceWorkerDoor implements WorkerDoor {
  readonly gates: PolicyGates;
  /** Until then there should be a new engine, which ends it. */
  readonly orphanServeMs = 10_000;
  readonly #workers: number;
  readonly #ticketKeys: Buffer;
  readonly #space: SpoolSpace;
  readonly #events: EventWriter;

  constructor(
    { index, workers }: WorkerSetup,
    door: ApplianceDoorSetup,
    metrics: WorkerMetrics,
    collections: CollectionStore,
    logger: Logger,
  ) {
    const identity = ownIdentity();
    this.#workers = workers;
    this.#ticketKeys = Buffer.from(door.ticketKeys, 'base64');
    this.#space = new SpoolSpace(FIRST_SPOOL_LIMIT_BYTES, workers);
    this.#space.measured(door.spool);
    this.#events = new EventWriter({
      folder: door.spoolFolder,
      writer: `worker-${index}`,
      identity,
      space: this.#space,
      losses: new LossCounter(door.counterPath, door.spoolFolder, identity),
      logger,
      rate: new SharedRate(door.ratePath, index, workers),
      foldAbovePerSecond: FIRST_FOLD_ABOVE,
    });
    this.gates = new PolicyGates({ events: this.#events, metrics, bootId: identity.bootId, collections });
  }

  plan({ policy, secretsFolder }: Generation): PortPlan[] {
    return planPorts(policy, readTlsSecrets(policy, secretsFolder), this.#ticketKeys);
  }

  configure({ events }: AppliancePolicy): void {
    this.#events.setFoldAbove(events.foldAbovePerSecond);
    this.#space.configure(events.spoolLimitBytes, this.#workers);
  }

  measured(use: SpoolUse): void {
    this.#space.measured(use);
  }

  recorded(): Pick<MetricsSnapshot, 'eventsWritten' | 'eventsLost'> {
    return { eventsWritten: this.#events.written, eventsLost: this.#events.lost };
  }

  close(): Promise<void> {
    return this.#events.close();
  }
}
