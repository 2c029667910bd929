import { type ApplicationInspector, type Inspection } from '@phalanx/inspection';
import type { Settings } from '@phalanx/contracts';
import type { Exchange, Gate, Outcome, ResponseHead, Verdict } from '@phalanx/proxy';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { FindingSink } from './finding-sink.js';
import { limitExceeded } from './request-limits.js';

const EMPTY_STATUSES = new Set([204, 304]);

/** The inspection of one application, as the proxy asks for it. What it finds is recorded before the answer leaves. */
export class InspectionGate implements Gate {
  readonly #inspector: ApplicationInspector;
  readonly #limits: Settings['limits'];
  readonly #sink: FindingSink;
  readonly #metrics: WorkerMetrics;

  constructor(inspector: ApplicationInspector, settings: Settings, sink: FindingSink, metrics: WorkerMetrics) {
    this.#inspector = inspector;
    this.#limits = settings.limits;
    this.#sink = sink;
    this.#metrics = metrics;
  }

  onRequestHead(exchange: Exchange): Verdict {
    const inspection = this.#inspector.begin(exchange);
    exchange.inspection = inspection;
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

  onRequestBody(exchange: Exchange, body: Buffer, truncated: boolean): Verdict {
    return inspectionOf(exchange).requestBody(body, truncated);
  }

  onResponseHead(exchange: Exchange, head: ResponseHead): Verdict {
    const inspection = inspectionOf(exchange);
    const verdict = inspection.responseHead(head);
    const isLast = hasNoBody(exchange, head) || !inspection.wantsResponseBody(head);
    return isLast ? this.#concludeAfter(verdict, exchange, head.status) : verdict;
  }

  wantsResponseBody(exchange: Exchange, head: ResponseHead): boolean {
    return inspectionOf(exchange).wantsResponseBody(head);
  }

  onResponseBody(exchange: Exchange, body: Buffer): Verdict {
    const inspection = inspectionOf(exchange);
    return this.#concludeAfter(inspection.responseBody(body), exchange, inspection.responseStatus);
  }

  onEnd(exchange: Exchange, outcome: Outcome): void {
    const inspection = exchange.inspection as Inspection | undefined;
    if (inspection && outcome.kind === 'failed') {
      if (outcome.status === 413) inspection.refused('limits', outcome.reason);
      else if (exchange.request.refusal !== null) inspection.refused('malformed', outcome.reason);
    }
    this.#conclude(exchange, outcome.status);
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
    if (finding.action === 'blocked') this.#metrics.blocked++;
    else this.#metrics.detected++;
    this.#sink.record(exchange, finding, inspection.masker());
  }
}

function inspectionOf(exchange: Exchange): Inspection {
  return exchange.inspection as Inspection;
}

function hasNoBody({ request }: Exchange, { status, headers }: ResponseHead): boolean {
  if (request.method === 'HEAD' || status === 101 || EMPTY_STATUSES.has(status)) return true;
  return headers.some(([name, value]) => value.trim() === '0' && name.toLowerCase() === 'content-length');
}
