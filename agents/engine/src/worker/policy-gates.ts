import type { ApplicationPolicy } from '@phalanx/contracts';
import { ApplicationInspector } from '@phalanx/inspection';
import type { Gate } from '@phalanx/proxy';
import type { CollectionStore, Ruleset } from '@phalanx/seclang';
import type { EventWriter } from '../events/event-writer.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { EventSink } from './event-sink.js';
import type { GateFactory } from './gate-factory.js';
import { InspectionGate } from './inspection-gate.js';
import { UnroutedGate } from './unrouted-gate.js';

export interface PolicyGatesOptions {
  readonly events: EventWriter;
  readonly metrics: WorkerMetrics;
  readonly bootId: string;
  readonly collections: CollectionStore;
}

/** The gates of the appliance door: findings become events. */
export class PolicyGates implements GateFactory {
  readonly #options: PolicyGatesOptions;

  constructor(options: PolicyGatesOptions) {
    this.#options = options;
  }

  forApplication({ settings }: ApplicationPolicy, ruleset: Ruleset | null): Gate {
    const { events, metrics, bootId, collections } = this.#options;
    const sink = new EventSink(events, bootId, settings.level);
    return new InspectionGate(new ApplicationInspector(settings, ruleset, collections), settings, sink, metrics);
  }

  unrouted(): Gate {
    const { events, metrics, bootId } = this.#options;
    return new UnroutedGate(new EventSink(events, bootId, 'prevention'), metrics);
  }
}
