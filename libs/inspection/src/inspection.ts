import type { Settings } from '@phalanx/contracts';
import { loopBatch } from '@phalanx/kit';
import { Transaction, type CollectionStore, type Interruption, type RuleMatch, type Ruleset } from '@phalanx/seclang';
import type { Finding } from './attack-event.js';
import type { ExchangeFacts, ResponseFacts } from './exchange-facts.js';
import type { Masker, RequestMasker } from './mask/masker.js';
import { nativeMatch } from './native-match.js';

/** What is to be done with the exchange. A block is a value; its headers are those of a redirect. */
export type Decision =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'block';
      readonly status: number;
      readonly reason: string;
      readonly headers?: readonly (readonly [name: string, value: string])[];
    };

/** Bytes of a body; text has one character per byte. */
type BodyBytes = Buffer | string;

/** A decision at once (the usual case), or later where the rules pause in between so that others have their turn. */
export type Judgement = Decision | Promise<Decision>;

/** What all exchanges of an application are judged by. `ruleset` is null where no signatures are evaluated. */
export interface InspectionBasis {
  readonly settings: Settings;
  readonly ruleset: Ruleset | null;
  /** Null: those of this process. */
  readonly collections: CollectionStore | null;
  readonly masker: Masker;
}

const PASS: Decision = Object.freeze({ kind: 'pass' });
/** Milliseconds that the rules work on one exchange before others have their turn. */
const SLICE_MS = 1;
const KEPT_BODY_BYTES = 65_536;
const BUDGET_STATUS = 503;
const DROP_STATUS = 403;
const CONTENT_TYPE = 'content-type';

/** What follows from the phase in hand. */
type Following = 'body' | 'answer' | 'nothing';

/**
 * One exchange before the stages: limits, then signatures. The methods are called in the order of the exchange, each at most once;
 * `conclude` says what there is to be recorded. Only the level `prevention` ever blocks.
 */
export class Inspection {
  /** Time spent in rules so far, ms. */
  elapsedMs = 0;
  /** Status of the origin's answer; 0 before it. */
  responseStatus = 0;
  isConcluded = false;
  readonly #basis: InspectionBasis;
  readonly #facts: ExchangeFacts;
  readonly #transaction: Transaction | null;
  readonly #objections: RuleMatch[] = [];
  #stage = 'signatures';
  #isBlocked = false;
  #isBudgetTold = false;
  #isPhase2Done = false;
  #body: BodyBytes = '';
  #isTruncated = false;
  /** Wall clock at which the rules began to work. */
  #startedMs = 0;

  constructor(basis: InspectionBasis, facts: ExchangeFacts) {
    this.#basis = basis;
    this.#facts = facts;
    const { ruleset, settings, collections } = basis;
    this.#transaction =
      ruleset &&
      new Transaction(ruleset, {
        requestId: facts.requestId,
        client: facts.client,
        server: facts.listener,
        engineMode: settings.level === 'prevention' ? 'on' : 'detection',
        budgetMs: settings.inspection.budgetMs,
        sliceMs: SLICE_MS,
        ...(collections && { store: collections }),
      });
  }

  /** An objection of Phalanx's own. Blocks at level `prevention`. */
  objectTo(stage: 'limits' | 'budget', status: number, what: string): Decision {
    this.#objections.push(nativeMatch(stage, what));
    this.#stage = stage;
    return this.#basis.settings.level === 'prevention' ? this.#block(status, what) : PASS;
  }

  /** Notes that the proxy refused by itself, whatever the level: the request is malformed, or its body is over the limit. */
  refused(check: 'malformed' | 'limits', what: string): void {
    this.#objections.push(nativeMatch(check, what));
    this.#stage = check === 'malformed' ? 'protocol' : 'limits';
    this.#isBlocked = true;
  }

  requestHead(): Judgement {
    const { request } = this.#facts;
    const transaction = this.#transaction;
    if (!transaction) return PASS;
    this.#startedMs = performance.now();
    transaction.requestHead({ method: request.method, uri: request.target, protocol: request.protocol, headers: request.headers });
    return this.#judge(transaction, transaction.evaluatePhase1(), 'body');
  }

  #afterHead(transaction: Transaction, decision: Decision): Judgement {
    if (decision.kind === 'block' || this.#mayReadBody(transaction)) return decision;
    // Phase 2 has rules on the head too.
    this.#isPhase2Done = true;
    this.#startedMs = performance.now();
    return this.#judge(transaction, transaction.evaluatePhase2(), 'nothing');
  }

  /** Whether `requestBody` is to be called, also with an empty body. */
  get wantsRequestBody(): boolean {
    return this.#transaction !== null && !this.#isPhase2Done;
  }

  requestBody(body: BodyBytes, truncated: boolean): Judgement {
    const transaction = this.#transaction;
    if (!transaction || this.#isPhase2Done) return PASS;
    this.#isPhase2Done = true;
    this.#startedMs = performance.now();
    this.#body = body;
    this.#isTruncated = truncated;
    if (body.length > 0) transaction.requestBody(body, truncated);
    return this.#judge(transaction, transaction.evaluatePhase2(), 'answer');
  }

  #afterBody(transaction: Transaction, decision: Decision): Decision {
    const body = this.#body;
    if (this.#isTruncated && decision.kind === 'pass') this.#noteUnexamined(body.length);
    // Kept for masking what it holds: all of a small one, and of a large one the beginning, if there is something to tell.
    if (body.length > KEPT_BODY_BYTES) this.#body = transaction.matches.length > 0 ? beginningOf(body) : '';
    return decision;
  }

  responseHead(head: ResponseFacts): Judgement {
    this.responseStatus = head.status;
    const transaction = this.#transaction;
    if (!transaction) return PASS;
    this.#startedMs = performance.now();
    transaction.responseHead(head);
    return this.#judge(transaction, transaction.evaluatePhase3(), 'nothing');
  }

  wantsResponseBody({ headers }: ResponseFacts): boolean {
    if (!this.#transaction || !this.#basis.settings.inspection.responseBody) return false;
    return this.#transaction.wantsResponseBody(contentTypeOf(headers));
  }

  responseBody(body: BodyBytes): Judgement {
    const transaction = this.#transaction;
    if (!transaction) return PASS;
    this.#startedMs = performance.now();
    transaction.responseBody(body);
    return this.#judge(transaction, transaction.evaluatePhase4(), 'nothing');
  }

  /** Runs the logging rules and says what was found, or null where nothing was. `status` is what the client sees. */
  conclude(status: number): Finding | null {
    this.isConcluded = true;
    const transaction = this.#transaction;
    const startedMs = performance.now();
    transaction?.evaluatePhase5();
    this.elapsedMs += performance.now() - startedMs;
    const found = transaction?.matches ?? [];
    if (found.length === 0 && this.#objections.length === 0 && !this.#isBlocked) return null;
    const { level } = this.#basis.settings;
    return {
      matches: [...this.#objections, ...found],
      action: this.#isBlocked ? 'blocked' : level === 'learning' ? 'passed' : 'detected',
      status,
      score: transaction?.scores ?? { inbound: 0, outbound: 0 },
      stage: this.#stage,
    };
  }

  /** Masks texts of this exchange. Made when there is something to record only. */
  masker(): RequestMasker {
    const body = this.#body;
    return this.#basis.masker.forRequest(this.#facts.request, typeof body === 'string' ? body : body.toString('latin1'));
  }

  /** A body that passes although not all of it was looked at leaves a record. */
  #noteUnexamined(examinedBytes: number): void {
    this.#objections.push(nativeMatch('limits', `body-over-limit, only its first ${examinedBytes} bytes were examined`));
    if (this.#stage === 'signatures') this.#stage = 'limits';
  }

  #mayReadBody(transaction: Transaction): boolean {
    return transaction.wantsRequestBody && this.#basis.settings.limits.inspectedBodyBytes > 0;
  }

  /** What a phase that has begun comes to, and what follows from it. */
  #judge(transaction: Transaction, interruption: Interruption | null, following: Following): Judgement {
    this.elapsedMs += performance.now() - this.#startedMs;
    return transaction.isPaused ? this.#goOn(transaction, following) : this.#follow(transaction, this.#decide(interruption), following);
  }

  #follow(transaction: Transaction, decision: Decision, following: Following): Judgement {
    if (following === 'body') return this.#afterHead(transaction, decision);
    return following === 'answer' ? this.#afterBody(transaction, decision) : decision;
  }

  async #goOn(transaction: Transaction, following: Following): Promise<Decision> {
    let interruption: Interruption | null = null;
    // The exchange may come to its end in between: then there is nothing left to decide.
    while (transaction.isPaused && !this.isConcluded) {
      await loopBatch.nextSlice();
      if (this.isConcluded) return PASS;
      const startedMs = performance.now();
      interruption = transaction.resume();
      this.elapsedMs += performance.now() - startedMs;
    }
    return this.#follow(transaction, this.#decide(interruption), following);
  }

  #decide(interruption: Interruption | null): Decision {
    if (interruption) return this.#interrupt(interruption);
    const exceeded = this.#transaction?.budgetExceeded;
    if (!exceeded || this.#isBudgetTold) return PASS;
    this.#isBudgetTold = true;
    const { budgetMs, onBudgetExceeded } = this.#basis.settings.inspection;
    const place = exceeded.ruleId === 0 ? 'before any rule was tried' : `at rule ${exceeded.ruleId}`;
    const decision = this.objectTo('budget', BUDGET_STATUS, `${budgetMs} ms were used up ${place} (${onBudgetExceeded})`);
    if (onBudgetExceeded === 'fail-closed') return decision;
    this.#isBlocked = false;
    return PASS;
  }

  #interrupt({ action, status, ruleId, location }: Interruption): Decision {
    const reason = `rule ${ruleId}`;
    if (action !== 'redirect' || location === undefined) return this.#block(action === 'drop' ? DROP_STATUS : status, reason);
    this.#block(status, reason);
    return { kind: 'block', status, reason, headers: [['Location', location]] };
  }

  #block(status: number, reason: string): Decision {
    this.#isBlocked = true;
    return { kind: 'block', status, reason };
  }
}

function contentTypeOf(headers: ResponseFacts['headers']): string {
  for (let at = 0; at < headers.length; at++) {
    const header = headers[at]!;
    if (header[0].length === CONTENT_TYPE.length && header[0].toLowerCase() === CONTENT_TYPE) return header[1];
  }
  return '';
}

/** A copy: what is kept must not keep all of the body. */
function beginningOf(body: BodyBytes): Buffer {
  return typeof body === 'string' ? Buffer.from(body.slice(0, KEPT_BODY_BYTES), 'latin1') : Buffer.from(body.subarray(0, KEPT_BODY_BYTES));
}
