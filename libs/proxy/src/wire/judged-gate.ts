import { PASS, type BodyBytes, type Exchange, type Gate, type MalformedRequest, type Outcome } from '../gate.js';

/** A request as inspection was shown it. */
export interface JudgedRequest {
  readonly method: string;
  readonly target: string;
  /** What the gate judged of the body; null when it streamed by. */
  body: string | null;
  bodyBytes: number;
  outcome: Outcome | null;
}

/** Passes everything and keeps what it was asked about: the engine's own view of the traffic, to compare with the origin's. */
export class JudgedGate implements Gate {
  readonly requests: JudgedRequest[] = [];
  readonly malformed: MalformedRequest[] = [];
  /** Bodies are judged before anything is forwarded; else they stream. */
  wantsBodies = true;

  onRequestHead(exchange: Exchange): typeof PASS {
    const { method, target } = exchange.request;
    const judged: JudgedRequest = { method, target, body: null, bodyBytes: 0, outcome: null };
    exchange.inspection = judged;
    this.requests.push(judged);
    return PASS;
  }

  wantsRequestBody(): boolean {
    return this.wantsBodies;
  }

  onRequestBody({ inspection }: Exchange, body: BodyBytes): typeof PASS {
    (inspection as JudgedRequest).body = typeof body === 'string' ? body : body.toString('latin1');
    return PASS;
  }

  onResponseHead(): typeof PASS {
    return PASS;
  }

  wantsResponseBody(): boolean {
    return false;
  }

  onResponseBody(): typeof PASS {
    return PASS;
  }

  onEnd({ inspection, requestBodyBytes }: Exchange, outcome: Outcome): void {
    const judged = inspection as JudgedRequest;
    judged.outcome = outcome;
    judged.bodyBytes = requestBodyBytes;
  }

  onMalformed(request: MalformedRequest): void {
    this.malformed.push(request);
  }

  /** Those that the origin answered. */
  get forwarded(): readonly JudgedRequest[] {
    return this.requests.filter(({ outcome }) => outcome?.kind === 'answered');
  }

  /** Why the last request was refused: by the reader, or after inspection has seen it. */
  get refusal(): string | null {
    const last = this.requests.at(-1)?.outcome;
    return this.malformed.at(-1)?.reason ?? (last?.kind === 'failed' ? last.reason : null);
  }

  reset(): void {
    this.requests.length = 0;
    this.malformed.length = 0;
  }
}
