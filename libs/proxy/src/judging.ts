import { PASS, type BodyBytes, type Exchange, type Gate, type Judgement, type ResponseHead, type Stage, type Verdict } from './gate.js';

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
    let judgement: Judgement;
    try {
      judgement = this.#gate.onRequestHead(this.#exchange);
    } catch (error) {
      return this.#judged.onGateError('request-head', error);
    }
    this.#settle('request-head', judgement);
  }

  askBody(body: BodyBytes, truncated: boolean): void {
    let judgement: Judgement;
    try {
      judgement = this.#gate.onRequestBody(this.#exchange, body, truncated);
    } catch (error) {
      return this.#judged.onGateError('request-body', error);
    }
    this.#settle('request-body', judgement);
  }

  askResponseHead(head: ResponseHead): void {
    let judgement: Judgement;
    try {
      judgement = this.#gate.onResponseHead(this.#exchange, head);
    } catch (error) {
      return this.#judged.onGateError('response-head', error);
    }
    this.#settle('response-head', judgement);
  }

  askResponseBody(body: BodyBytes, truncated: boolean): void {
    let judgement: Judgement;
    try {
      judgement = this.#gate.onResponseBody(this.#exchange, body, truncated);
    } catch (error) {
      return this.#judged.onGateError('response-body', error);
    }
    this.#settle('response-body', judgement);
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

  #settle(stage: Stage, judgement: Judgement): void {
    if (judgement === PASS || 'kind' in judgement) return this.#judged.onVerdict(stage, judgement as Verdict, false);
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
}
