import { DEFAULT_SETTINGS, type ApplicationPolicy } from '@phalanx/contracts';
import { ApplicationInspector, Masker, nativeMatch, type ExchangeFacts } from '@phalanx/inspection';
import { PASS, type Gate, type MalformedRequest } from '@phalanx/proxy';
import type { Ruleset } from '@phalanx/seclang';
import type { EventWriter } from '../events/event-writer.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { EventSink } from './event-sink.js';
import type { GateFactory } from './gate-factory.js';
import { InspectionGate } from './inspection-gate.js';

const LIMIT_STATUSES = new Set([413, 414, 431]);

export interface PolicyGatesOptions {
  readonly events: EventWriter;
  readonly metrics: WorkerMetrics;
  readonly bootId: string;
}

/** The gates of the appliance door: findings become events. */
export class PolicyGates implements GateFactory {
  readonly #options: PolicyGatesOptions;

  constructor(options: PolicyGatesOptions) {
    this.#options = options;
  }

  forApplication({ settings }: ApplicationPolicy, ruleset: Ruleset | null): Gate {
    const { events, metrics, bootId } = this.#options;
    const sink = new EventSink(events, bootId, settings.level);
    return new InspectionGate(new ApplicationInspector(settings, ruleset), settings, sink, metrics);
  }

  unrouted(): Gate {
    const { events, metrics, bootId } = this.#options;
    return new UnroutedGate(new EventSink(events, bootId, 'prevention'), metrics);
  }
}

/** Passes everything (the proxy answers it by itself) and records what is no request. */
class UnroutedGate implements Gate {
  readonly #sink: EventSink;
  readonly #metrics: WorkerMetrics;
  readonly #masker = new Masker(DEFAULT_SETTINGS.privacy);

  constructor(sink: EventSink, metrics: WorkerMetrics) {
    this.#sink = sink;
    this.#metrics = metrics;
  }

  onRequestHead = (): typeof PASS => PASS;
  wantsRequestBody = (): boolean => false;
  onRequestBody = (): typeof PASS => PASS;
  onResponseHead = (): typeof PASS => PASS;
  wantsResponseBody = (): boolean => false;
  onResponseBody = (): typeof PASS => PASS;
  onEnd = (): void => undefined;

  onMalformed(malformed: MalformedRequest): void {
    const line = malformed.bytes.toString('latin1').split(/\r?\n/, 1)[0] ?? '';
    const [method = '', target = '', protocol = ''] = line.split(' ');
    const [path = '', query = ''] = target.split('?', 2);
    const request = { method, target, path, query, protocol, host: '', headers: [] };
    const facts: ExchangeFacts = { ...malformed, application: null, request };
    // What exceeds the widest limits of a port is cut off before it is a request.
    const stage = LIMIT_STATUSES.has(malformed.status) ? 'limits' : 'protocol';
    this.#metrics.blocked++;
    this.#sink.record(
      facts,
      {
        matches: [nativeMatch(stage === 'limits' ? 'limits' : 'malformed', malformed.reason)],
        action: 'blocked',
        status: malformed.status,
        score: { inbound: 0, outbound: 0 },
        stage,
      },
      this.#masker.forRequest(request, ''),
    );
  }
}
