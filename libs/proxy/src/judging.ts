import type { Exchange, Gate, Judgement, ResponseHead, Stage, Verdict } from './gate.js';

const EMPTY = Buffer.alloc(0);

/** Who asked for verdicts. */
export interface Judged {
  /** `isLate`: not within the call of `ask`. */
  onVerdict(stage: Stage, verdict: Verdict, isLate: boolean): void;
  /** The gate threw, or its promise was rejected: nothing may pass any more. */
  onGateError(stage: Stage, error: unknown): void;
}

/** Asks the gate on behalf of one exchange. A verdict at once comes back within the call: no promise, no turn of the loop. */
export class Judging {
  readonly #gate: Gate;
  readonly #exchange: Exchange;
  readonly #judged: Judged;
  #isWaiting = false;

  constructor(gate: Gate, exchange: Exchange, judged: Judged) {
    this.#gate = gate;
    this.#exchange = exchange;
    this.#judged = judged;
  }

  /** A verdict is awaited. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  askHead(): void {
    this.#ask('request-head', null, EMPTY, false);
  }

  askBody(body: Buffer, truncated: boolean): void {
    this.#ask('request-body', null, body, truncated);
  }

  askResponseHead(head: ResponseHead): void {
    this.#ask('response-head', head, EMPTY, false);
  }

  askResponseBody(body: Buffer, truncated: boolean): void {
    this.#ask('response-body', null, body, truncated);
  }

  wantsRequestBody(): boolean {
    try {
      return this.#gate.wantsRequestBody(this.#exchange);
    } catch (error) {
      this.#judged.onGateError('request-body', error);
      return false;
    }
  }

  wantsResponseBody(head: ResponseHead): boolean {
    try {
      return this.#gate.wantsResponseBody(this.#exchange, head);
    } catch (error) {
      this.#judged.onGateError('response-body', error);
      return false;
    }
  }

  #ask(stage: Stage, head: ResponseHead | null, body: Buffer, truncated: boolean): void {
    let judgement: Judgement;
    try {
      judgement = this.#call(stage, head, body, truncated);
    } catch (error) {
      return this.#judged.onGateError(stage, error);
    }
    if ('kind' in judgement) return this.#judged.onVerdict(stage, judgement, false);
    this.#isWaiting = true;
    judgement.then(
      (verdict) => {
        this.#isWaiting = false;
        this.#judged.onVerdict(stage, verdict, true);
      },
      (error: unknown) => {
        this.#isWaiting = false;
        this.#judged.onGateError(stage, error);
      },
    );
  }

  #call(stage: Stage, head: ResponseHead | null, body: Buffer, truncated: boolean): Judgement {
    switch (stage) {
      case 'request-head':
        return this.#gate.onRequestHead(this.#exchange);
      case 'request-body':
        return this.#gate.onRequestBody(this.#exchange, body, truncated);
      case 'response-head':
        if (head === null) throw new Error('there is no response yet');
        return this.#gate.onResponseHead(this.#exchange, head);
      case 'response-body':
        return this.#gate.onResponseBody(this.#exchange, body, truncated);
    }
  }
}
