import type { ApplicationInspector, Inspection } from '@phalanx/inspection';
import type { Settings } from '@phalanx/contracts';
import type { BodyBytes, Exchange, Gate, Judgement, Outcome, ResponseHead, Verdict } from '@phalanx/proxy';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { FindingSink } from './finding-sink.js';
import { limitExceeded } from './request-limits.js';
import { RequestRates } from './request-rates.js';

/** The inspection of one application, as the proxy asks for it. What it finds is recorded before the answer leaves. */
export class InspectionGate implements Gate {
  readonly #inspector: ApplicationInspector;
  readonly #limits: Settings['limits'];
  readonly #rates: RequestRates | null;
  readonly #sink: FindingSink;
  readonly #metrics: WorkerMetrics;

  constructor(inspector: ApplicationInspector, settings: Settings, sink: FindingSink, metrics: WorkerMetrics) {
    this.#inspector = inspector;
    this.#limits = settings.limits;
    const { requestsPerSecond } = settings.limits;
    this.#rates = requestsPerSecond > 0 ? new RequestRates(requestsPerSecond) : null;
    this.#sink = sink;
    this.#metrics = metrics;
  }

  onRequestHead(exchange: Exchange): Judgement {
    const inspection = this.#inspector.begin(exchange);
    exchange.inspection = inspection;
    if (this.#rates?.isAbove(exchange.client.address, performance.now())) {
      const verdict = inspection.objectTo('limits', 429, 'request-flood');
      if (verdict.kind === 'block') return verdict;
    }
    const excess = limitExceeded(exchange.request, this.#limits);
    if (excess) {
      const verdict = inspection.objectTo('limits', excess.status, excess.what);
      if (verdict.kind === 'block') return verdict;
    }
    return inspection.requestHead();
  }

  wantsRequestBody(exchange: Exchange): boolean {
    return inspectionOf(exchange).wantsRequestBody;
  }

  onRequestBody(exchange: Exchange, body: BodyBytes, truncated: boolean): Judgement {
    return inspectionOf(exchange).requestBody(body, truncated);
  }

  onResponseHead(exchange: Exchange, head: ResponseHead): Judgement {
    const inspection = inspectionOf(exchange);
    const judgement = inspection.responseHead(head);
    if (judgement instanceof Promise) return judgement.then((verdict) => this.#afterResponseHead(verdict, exchange, head));
    return this.#afterResponseHead(judgement, exchange, head);
  }

  /** Asked after the head has passed: an exchange of whose answer nothing more is looked at is concluded by then. */
  wantsResponseBody(exchange: Exchange): boolean {
    return !inspectionOf(exchange).isConcluded;
  }

  onResponseBody(exchange: Exchange, body: BodyBytes): Judgement {
    const inspection = inspectionOf(exchange);
    const judgement = inspection.responseBody(body);
    const { responseStatus } = inspection;
    if (judgement instanceof Promise) return judgement.then((verdict) => this.#concludeAfter(verdict, exchange, responseStatus));
    return this.#concludeAfter(judgement, exchange, responseStatus);
  }

  onEnd(exchange: Exchange, outcome: Outcome): void {
    const inspection = exchange.inspection as Inspection | undefined;
    if (inspection && outcome.kind === 'failed') {
      if (outcome.status === 413) inspection.refused('limits', outcome.reason);
      else if (exchange.request.refusal !== null) inspection.refused('malformed', outcome.reason);
    }
    this.#conclude(exchange, outcome.status);
  }

  #afterResponseHead(verdict: Verdict, exchange: Exchange, head: ResponseHead): Verdict {
    const isLast = !head.hasBody || !inspectionOf(exchange).wantsResponseBody(head);
    return isLast ? this.#concludeAfter(verdict, exchange, head.status) : verdict;
  }

  /** Nothing more is asked about an exchange that passed here: its record is written before the answer begins. */
  #concludeAfter(verdict: Verdict, exchange: Exchange, status: number): Verdict {
    if (verdict.kind === 'pass') this.#conclude(exchange, status);
    return verdict;
  }

  #conclude(exchange: Exchange, status: number): void {
    const inspection = exchange.inspection as Inspection | undefined;
    if (!inspection || inspection.isConcluded) return;
    const finding = inspection.conclude(status);
    this.#metrics.inspection.record(inspection.elapsedMs);
    if (!finding) return;
    if (finding.action === 'blocked') this.#metrics.refusedOne(exchange.client, exchange.peer);
    else this.#metrics.detected++;
    this.#sink.record(exchange, finding, inspection.masker());
  }
}

function inspectionOf(exchange: Exchange): Inspection {
  return exchange.inspection as Inspection;
}
