import { messageOf, type Batched } from '@phalanx/kit';
import type { Page } from './config.js';
import type { ServerContext } from './context.js';
import type { Downstream, DownstreamEvents } from './downstream.js';
import { ExchangeRecord } from './exchange-record.js';
import type { Provenance } from './forwarding.js';
import type { Block, HeaderPair, Outcome, Stage, Verdict } from './gate.js';
import type { Generation } from './generation.js';
import { forwardableFields, isWebSocketUpgrade, type ResponseRecord } from './http1/response-head.js';
import { HeldAnswer } from './held-answer.js';
import { HeldBody, type HoldResult } from './held-body.js';
import { Judging, type Judged } from './judging.js';
import { headOfPage, pageOfBlock, plainPage } from './page.js';
import { RelayedHead } from './relayed-head.js';
import type { RequestRecord } from './request-record.js';
import type { Route } from './router.js';
import type { ResponseHandler, UpstreamConnection, UpstreamFailure } from './upstream/connection.js';
import { ForwardedRequest, wholeRequest } from './upstream/forwarded-request.js';
import type { NoUpstream, Ticket, UpstreamWaiter } from './upstream/pool.js';
import type { Target } from './upstream/target.js';

const NO_FIELDS: readonly HeaderPair[] = [];
const MAX_INTERIM_ANSWERS = 10;

/**
 * One exchange from head to end, the same for HTTP/1 and HTTP/2: judge the head, hold and judge the body, only then take a connection to the
 * origin, judge the answer, pass it on. Invariants: `onEnd` is called exactly once; a self-made answer leaves only after it; after it nothing
 * reaches gate or origin.
 */
export class Transaction extends ExchangeRecord implements Judged, DownstreamEvents, ResponseHandler, UpstreamWaiter, Batched {
  readonly #context: ServerContext;
  readonly #from: Provenance;
  readonly #generation: Generation;
  readonly #route: Route;
  readonly #down: Downstream;
  readonly #judging: Judging;
  #isStarted = false;
  #isEnded = false;
  #held: HeldBody | null = null;
  #isRequestReceived: boolean;
  #ticket: Ticket | null = null;
  #upstream: UpstreamConnection | null = null;
  #target: Target | null = null;
  #forwarded: ForwardedRequest | null = null;
  /** The whole request went out at once, without a `ForwardedRequest`. */
  #isForwarded = false;
  #hasRetried = false;
  #response: ResponseRecord | null = null;
  #heldResponse: HeldAnswer | null = null;
  #isResponseReceived = false;
  #trailers = NO_FIELDS;
  #isAnswerStarted = false;
  #interimAnswers = 0;
  #isTunnel = false;

  constructor(context: ServerContext, generation: Generation, route: Route, request: RequestRecord, down: Downstream, from: Provenance) {
    super(route.application, request, from);
    this.#from = from;
    this.#context = context;
    this.#generation = generation;
    this.#route = route;
    this.#down = down;
    this.#judging = new Judging(route.gate, this, this);
    this.#isRequestReceived = request.bodyLength === 0 || request.body !== null;
    context.counters.exchangesActive += 1;
    context.counters.exchangesTotal += 1;
  }

  /** Begins, once the client's side is ready to be called back; once only. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#judging.askHead();
  }

  onTurnEnd(): void {
    this.start();
  }

  onVerdict(stage: Stage, verdict: Verdict, isLate: boolean): void {
    if (this.#isEnded) return;
    if (verdict.kind === 'block') return this.#block(stage, verdict);
    switch (stage) {
      case 'request-head':
        this.#afterRequestHead();
        break;
      case 'request-body':
        this.#acquire(false);
        break;
      case 'response-head':
        this.#afterResponseHead();
        break;
      case 'response-body':
        this.#sendHeldResponse();
    }
    if (!isLate || this.#isEnded) return;
    if (!this.#judging.isWaiting) this.#upstream?.resume();
    this.#down.flush();
  }

  onGateError(stage: Stage, error: unknown): void {
    this.#context.logger.error('inspection failed', { stage, requestId: this.requestId, reason: messageOf(error) });
    this.#fail(500, 'inspection-failed');
  }

  // The client's request

  #afterRequestHead(): void {
    const { request } = this;
    if (this.#route.pool === null && request.refusal === null) return this.#fail(404, 'no-application');
    const isWanted = this.#judging.wantsRequestBody();
    if (this.#isEnded) return;
    // What is refused anyway is judged to the end, so that all rules see it, but its body isn't waited for.
    if (request.bodyLength === 0 || request.refusal !== null) return isWanted ? this.#judging.askBody('', false) : this.#acquire(false);
    const { requestOverLimit, requestBodyLimitBytes } = this.#route.limits;
    const isOverLimit = isWanted && request.bodyLength > requestBodyLimitBytes;
    if (isOverLimit && requestOverLimit === 'reject') return this.#fail(413, 'body-over-limit');
    if (request.expectsContinue) this.#down.sendContinue();
    if (!isWanted) return this.#acquire(false);
    if (request.body !== null) return this.#judging.askBody(request.body.substring(0, requestBodyLimitBytes), isOverLimit);
    this.#held = HeldBody.make(this.#context, this.#route.limits, requestBodyLimitBytes);
    this.#down.readBody();
  }

  onBodyData(piece: Buffer): void {
    if (this.#isEnded) return;
    this.requestBodyBytes += piece.length;
    if (this.#held !== null && this.#forwarded?.isStoreSent !== true) this.#hold(this.#held, piece);
    else if (this.#forwarded?.write(piece) === false) this.#down.pauseBody();
  }

  #hold(held: HeldBody, piece: Buffer): void {
    const result = held.push(piece);
    if (result === 'held') return;
    if (result === 'failed') return this.#fail(503, 'body-spill-failed');
    if (this.#route.limits.requestOverLimit === 'reject') return this.#fail(413, 'body-over-limit');
    this.#down.pauseBody();
    this.#judging.askBody(held.inspected(), true);
  }

  onBodyEnd(): void {
    if (this.#isEnded) return;
    this.#isRequestReceived = true;
    if (this.#forwarded !== null) this.#forwarded.end();
    else if (this.#held?.isOverLimit === false) this.#judging.askBody(this.#held.inspected(), false);
  }

  onBodyFailed(status: number, reason: string): void {
    if (this.#isEnded) return;
    this.request.refuse(status, reason);
    this.#fail(status, reason);
  }

  onClientDrain(): void {
    if (!this.#judging.isWaiting) this.#upstream?.resume();
  }

  onClientGone(reason: string): void {
    // What was sent is judged, also if nobody waits for the answer any more.
    this.start();
    if (this.#isEnded) return;
    if (this.#isTunnel) this.#end({ kind: 'answered', status: 101 });
    else this.#end({ kind: 'aborted', status: this.#isAnswerStarted ? this.#responseHead().status : 0, by: 'client', reason });
    this.#dropUpstream();
  }

  onTunnelData(piece: Buffer): void {
    this.requestBodyBytes += piece.length;
    if (this.#upstream?.write(piece) === false) this.#down.pauseBody();
  }

  onTunnelEnd(): void {
    this.#upstream?.endTunnel();
  }

  // The origin

  #acquire(isFresh: boolean): void {
    const { refusal } = this.request;
    if (refusal !== null) return this.#fail(refusal.status, refusal.reason);
    this.#ticket = this.#route.pool?.acquire(this, isFresh) ?? null;
  }

  onUpstreamUnavailable(why: NoUpstream, detail: string): void {
    this.#ticket = null;
    if (this.#isEnded) return;
    const application = this.application?.id ?? '';
    this.#context.logger.warn('no connection to the origin', { requestId: this.requestId, application, why, detail });
    this.#fail(why === 'connect-refused' ? 502 : why === 'connect-timeout' ? 504 : 503, `origin-${why}`);
  }

  onUpstreamConnection(connection: UpstreamConnection, target: Target): void {
    this.#ticket = null;
    this.#upstream = connection;
    this.#target = target;
    connection.begin(this, this.request.method);
    if (this.#held === null && this.#isRequestReceived) {
      // The usual case: everything goes out as one text in one system call.
      this.#isForwarded = true;
      connection.writeSoon(wholeRequest(this.request, this.#from));
      return;
    }
    const forwarded = new ForwardedRequest(connection, this.request, this.#from, this.#held?.store ?? null, this.#isRequestReceived);
    this.#forwarded = forwarded;
    if (forwarded.send() && !this.#isRequestReceived) this.#down.readBody();
  }

  onUpstreamDrain(): void {
    if (this.#isTunnel || (this.#forwarded?.onDrain() === true && !this.#isRequestReceived)) this.#down.readBody();
  }

  onUpstreamFailed(failure: UpstreamFailure, isUntouched: boolean): void {
    const isStale = isUntouched && failure === 'closed' && this.#upstream?.isReused === true;
    this.#upstream = null;
    if (this.#isEnded) return;
    if (this.#isTunnel) {
      this.#down.endTunnel();
      return this.#end({ kind: 'answered', status: 101 });
    }
    if (isStale && this.#isReplayable()) {
      this.#hasRetried = true;
      this.#forwarded = null;
      this.#isForwarded = false;
      this.#held?.store.rewind();
      return this.#acquire(true);
    }
    this.#target?.markFailed();
    this.#context.logger.warn('the origin failed', { requestId: this.requestId, target: this.#target?.name ?? '', failure });
    if (this.#isAnswerStarted) this.#abort('origin', failure);
    else this.#fail(failure === 'timeout' ? 504 : 502, `origin-${failure}`);
  }

  /** A kept connection may have been closed while our request was on its way: it is sent once more, if sending it twice can do no harm. */
  #isReplayable(): boolean {
    const isHeldWhole =
      this.request.bodyLength === 0 ||
      this.request.body !== null ||
      (this.#isRequestReceived && this.#held?.store.size === this.requestBodyBytes);
    return !this.#hasRetried && isHeldWhole && this.request.isIdempotent;
  }

  // The origin's answer

  #responseHead(): ResponseRecord {
    if (this.#response === null) throw new Error('there is no response yet');
    return this.#response;
  }

  onResponseHead(head: ResponseRecord): void {
    if (head.status < 200 && head.status !== 101) return this.#relayInterim(head);
    if (head.status === 101 && !(this.request.wantsWebSocket && isWebSocketUpgrade(head, this.request.webSocketKey))) {
      this.#dropUpstream();
      return this.#fail(502, 'origin-unexpected-upgrade');
    }
    this.#response = head;
    this.#target?.markHealthy();
    this.#judging.askResponseHead(head);
    if (this.#judging.isWaiting) this.#upstream?.pause();
  }

  /** RFC 9110 15.2: passed on, except for the 100 which the client got from us. */
  #relayInterim(head: ResponseRecord): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers > MAX_INTERIM_ANSWERS) return this.#fail(502, 'origin-interim-flood');
    if (head.status === 100 || !this.request.isModern) return;
    this.#down.sendInterim(head.status, head.reason, forwardableFields(head));
  }

  #afterResponseHead(): void {
    const head = this.#responseHead();
    if (head.status === 101) return this.#openTunnel(head);
    if (head.framing === 'none' || !this.#judging.wantsResponseBody(head)) {
      if (!this.#isEnded) this.#startAnswer(head, head.bodyLength, false);
      return;
    }
    this.#heldResponse = new HeldAnswer(this.#context, this.#route.limits);
  }

  #startAnswer(head: ResponseRecord, bodyLength: number, addsLength: boolean): void {
    this.#isAnswerStarted = true;
    this.#down.startAnswer(new RelayedHead(head, bodyLength, addsLength));
  }

  onResponseText(body: string): void {
    if (this.#isEnded) return;
    if (this.#heldResponse !== null) return this.#afterHold(this.#heldResponse, this.#heldResponse.hold(body));
    this.responseBodyBytes += body.length;
    this.#down.writeText(body);
  }

  onResponsePause(): void {
    this.#down.flush();
  }

  onResponseData(piece: Buffer): void {
    if (this.#isEnded) return;
    if (this.#heldResponse !== null) return this.#afterHold(this.#heldResponse, this.#heldResponse.push(piece));
    this.responseBodyBytes += piece.length;
    if (!this.#down.writeBody(piece)) this.#upstream?.pause();
  }

  #afterHold(held: HeldAnswer, result: HoldResult): void {
    if (result === 'held') return;
    if (result === 'failed') return this.#fail(503, 'body-spill-failed');
    if (this.#route.limits.responseOverLimit === 'reject') return this.#fail(502, 'response-over-limit');
    this.#judging.askResponseBody(held.inspected(), true);
    if (this.#judging.isWaiting) this.#upstream?.pause();
  }

  onResponseEnd(trailers: readonly HeaderPair[]): void {
    if (this.#isEnded) return;
    if (this.#isTunnel) return this.#down.endTunnel();
    this.#isResponseReceived = true;
    this.#trailers = trailers;
    const connection = this.#upstream;
    this.#upstream = null;
    // An answer may come before the request was sent: what the origin would read next is then not the start of a request.
    if ((this.#isForwarded || this.#forwarded?.isSent === true) && !this.request.hasUnexpectedBody) connection?.release();
    else connection?.destroy();
    if (this.#heldResponse === null) this.#complete();
    else if (!this.#judging.isWaiting) this.#judging.askResponseBody(this.#heldResponse.inspected(), false);
  }

  #sendHeldResponse(): void {
    const held = this.#heldResponse;
    if (held === null) return;
    this.#heldResponse = null;
    const head = this.#responseHead();
    const { size } = held;
    this.#startAnswer(head, this.#isResponseReceived ? size : head.bodyLength, this.#isResponseReceived && head.framing !== 'length');
    const isFlowing = held.writeTo(this.#down);
    this.responseBodyBytes += size;
    if (this.#isResponseReceived) this.#complete();
    else if (!isFlowing) this.#upstream?.pause();
  }

  #complete(): void {
    this.#down.endAnswer(this.#trailers);
    this.#end({ kind: 'answered', status: this.#responseHead().status });
  }

  #openTunnel(head: ResponseRecord): void {
    this.#isTunnel = true;
    this.#isAnswerStarted = true;
    this.#upstream?.enterTunnel();
    this.#down.startTunnel(new RelayedHead(head, 0, false));
  }

  // The end

  #block(stage: Stage, block: Block): void {
    this.#end({ kind: 'blocked', status: block.status, stage, reason: block.reason });
    this.#dropUpstream();
    if (this.#isAnswerStarted) return this.#down.abort();
    this.#answer(block.status, pageOfBlock(this.#generation.config, this, block, this.#context.logger));
  }

  #fail(status: number, reason: string): void {
    if (this.#isEnded) return;
    if (this.#isAnswerStarted) return this.#abort('proxy', reason);
    this.#end({ kind: 'failed', status, reason });
    this.#dropUpstream();
    this.#answer(status, plainPage(status, this.requestId));
  }

  #answer(status: number, page: Page): void {
    this.#isAnswerStarted = true;
    this.responseBodyBytes = page.body.length;
    this.#down.answer(headOfPage(status, page), page.body);
  }

  #abort(by: 'client' | 'origin' | 'proxy', reason: string): void {
    this.#end({ kind: 'aborted', status: this.#response?.status ?? 0, by, reason });
    this.#dropUpstream();
    this.#down.abort();
  }

  #dropUpstream(): void {
    this.#ticket?.cancel();
    this.#ticket = null;
    this.#upstream?.destroy();
    this.#upstream = null;
  }

  #end(outcome: Outcome): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#context.counters.exchangesActive -= 1;
    this.#held?.store.close();
    this.#heldResponse?.close();
    try {
      this.#route.gate.onEnd(this, outcome);
    } catch (error) {
      this.#context.logger.error('the end of an exchange could not be recorded', { requestId: this.requestId, reason: messageOf(error) });
    }
    this.#context.hooks.onExchangeEnd?.(this, outcome, performance.now() - this.startedAt);
  }
}
