import type { Settings } from '@phalanx/contracts';
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

/** What all exchanges of an application are judged by. `ruleset` is null where no signatures are evaluated. */
export interface InspectionBasis {
  readonly settings: Settings;
  readonly ruleset: Ruleset | null;
  /** Null: those of this process. */
  readonly collections: CollectionStore | null;
  readonly masker: Masker;
}

const PASS: Decision = Object.freeze({ kind: 'pass' });
const KEPT_BODY_BYTES = 65_536;
const BUDGET_STATUS = 503;
const DROP_STATUS = 403;

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
  #body: Buffer | null = null;

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

  requestHead(): Decision {
    const { request } = this.#facts;
    const transaction = this.#transaction;
    if (!transaction) return PASS;
    const startedMs = performance.now();
    transaction.requestHead({ method: request.method, uri: request.target, protocol: request.protocol, headers: request.headers });
    let decision = this.#decide(transaction.evaluatePhase1());
    if (decision.kind === 'pass' && !this.#mayReadBody(transaction)) {
      // Phase 2 has rules on the head too.
      this.#isPhase2Done = true;
      decision = this.#decide(transaction.evaluatePhase2());
    }
    return this.#took(startedMs, decision);
  }

  /** Whether `requestBody` is to be called, also with an empty body. */
  get wantsRequestBody(): boolean {
    return this.#transaction !== null && !this.#isPhase2Done;
  }

  requestBody(body: Buffer, truncated: boolean): Decision {
    const transaction = this.#transaction;
    if (!transaction || this.#isPhase2Done) return PASS;
    this.#isPhase2Done = true;
    const startedMs = performance.now();
    if (body.length > 0) transaction.requestBody(body, truncated);
    const decision = this.#decide(transaction.evaluatePhase2());
    if (truncated && decision.kind === 'pass') this.#noteUnexamined(body.length);
    // Kept for masking what it holds: all of a small one, and of a large one the beginning, if there is something to tell.
    if (body.length <= KEPT_BODY_BYTES) this.#body = body;
    else if (transaction.matches.length > 0) this.#body = Buffer.from(body.subarray(0, KEPT_BODY_BYTES));
    return this.#took(startedMs, decision);
  }

  responseHead(head: ResponseFacts): Decision {
    this.responseStatus = head.status;
    const transaction = this.#transaction;
    if (!transaction) return PASS;
    const startedMs = performance.now();
    transaction.responseHead(head);
    return this.#took(startedMs, this.#decide(transaction.evaluatePhase3()));
  }

  wantsResponseBody({ headers }: ResponseFacts): boolean {
    if (!this.#transaction || !this.#basis.settings.inspection.responseBody) return false;
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    return this.#transaction.wantsResponseBody(type);
  }

  responseBody(body: Buffer): Decision {
    const transaction = this.#transaction;
    if (!transaction) return PASS;
    const startedMs = performance.now();
    transaction.responseBody(body);
    return this.#took(startedMs, this.#decide(transaction.evaluatePhase4()));
  }

  /** Runs the logging rules and says what was found, or null where nothing was. `status` is what the client sees. */
  conclude(status: number): Finding | null {
    this.isConcluded = true;
    const transaction = this.#transaction;
    const startedMs = performance.now();
    transaction?.evaluatePhase5();
    this.#took(startedMs, PASS);
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
    return this.#basis.masker.forRequest(this.#facts.request, this.#body?.toString('latin1') ?? '');
  }

  /** A body that passes although not all of it was looked at leaves a record. */
  #noteUnexamined(examinedBytes: number): void {
    this.#objections.push(nativeMatch('limits', `body-over-limit, only its first ${examinedBytes} bytes were examined`));
    if (this.#stage === 'signatures') this.#stage = 'limits';
  }

  #mayReadBody(transaction: Transaction): boolean {
    return transaction.wantsRequestBody && this.#basis.settings.limits.inspectedBodyBytes > 0;
  }

  #took(startedMs: number, decision: Decision): Decision {
    this.elapsedMs += performance.now() - startedMs;
    return decision;
  }

  #decide(interruption: Interruption | null): Decision {
    if (interruption) return this.#interrupt(interruption);
    const exceeded = this.#transaction?.budgetExceeded;
    if (!exceeded || this.#isBudgetTold) return PASS;
    this.#isBudgetTold = true;
    const { budgetMs, onBudgetExceeded } = this.#basis.settings.inspection;
    const place = exceeded.ruleId === 0 ? 'at the end of a phase' : `at rule ${exceeded.ruleId}`;
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
