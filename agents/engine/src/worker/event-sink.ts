import type { Level } from '@phalanx/contracts';
import { attackEvent, foldKindOf, type ExchangeFacts, type Finding, type RequestMasker } from '@phalanx/inspection';
import type { EventWriter } from '../events/event-writer.js';
import { monotonicMs } from '../process-identity.js';

/** Turns findings of one application into events of this worker's segment. */
export class EventSink {
  readonly #events: EventWriter;
  readonly #bootId: string;
  readonly #level: Level;

  constructor(events: EventWriter, bootId: string, level: Level) {
    this.#events = events;
    this.#bootId = bootId;
    this.#level = level;
  }

  record(facts: ExchangeFacts, finding: Finding, masker: RequestMasker): void {
    const event = attackEvent(facts, finding, this.#level, masker, { bootId: this.#bootId, monotonicMs: monotonicMs() });
    this.#events.writeAttack(event, foldKindOf(event));
  }
}
