import { DEFAULT_SETTINGS } from '@phalanx/contracts';
import { Masker, nativeMatch, type ExchangeFacts } from '@phalanx/inspection';
import { PASS, type Gate, type MalformedRequest } from '@phalanx/proxy';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { FindingSink } from './finding-sink.js';

const LIMIT_STATUSES = new Set([413, 414, 431]);

/** Passes everything (the proxy answers it by itself) and records what is no request. */
export class UnroutedGate implements Gate {
  readonly #sink: FindingSink;
  readonly #metrics: WorkerMetrics;
  readonly #masker = new Masker(DEFAULT_SETTINGS.privacy);

  constructor(sink: FindingSink, metrics: WorkerMetrics) {
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
    this.#metrics.refusedOne(malformed.client, malformed.peer);
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
