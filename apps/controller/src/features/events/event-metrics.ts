import { Counter, register } from 'prom-client';

function counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
  // Several programs may live in one process (tests); the registry is one.
  return (register.getSingleMetric(name) as Counter<Label> | undefined) ?? new Counter({ name, help, labelNames: [...labelNames] });
}

/** Figures of the event pipeline on `/metrics`. */
export const eventMetrics = {
  batches: counter('phalanx_event_batches_total', 'Batches of events by what became of them', ['outcome']),
  stored: counter('phalanx_events_stored_total', 'Events that were stored'),
  buried: counter('phalanx_events_buried_total', 'Records that went to the dead letters'),
};
