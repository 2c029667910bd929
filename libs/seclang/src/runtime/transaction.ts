import type { CollectionStore } from '../collections/collection-store.js';
import { MemoryCollectionStore } from '../collections/memory-collection-store.js';
import { parseCookies, parseUrlEncoded, processBody } from '../body/index.js';
import type { BodyArgument } from '../body/body-result.js';
import { toInteger } from '../operators/integer.js';
import type { Interruption, RuleMatch } from '../model/verdict.js';
import { findVariable } from '../variables/registry.js';
import { xmlAttributeEntry, xmlTextEntry } from '../variables/xml.js';
import { processorFor } from './body-processor.js';
import { Budget } from './budget.js';
import { Entry } from './entry.js';
import { HEADER_ROLE } from './header-role.js';
import { PhaseEvaluation } from './phase-evaluation.js';
import { splitRequestTarget } from './request-target.js';
import type { Ruleset } from './ruleset.js';
import { Subject } from './subject.js';
import { TransactionState, type Endpoint } from './transaction-state.js';
import { TransactionVariables } from './transaction-variables.js';

/** A header as received: name and value in byte strings. */
export type HeaderField = readonly [name: string, value: string];

/** What a transaction is opened with. */
export interface TransactionOptions {
  readonly requestId: string;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** `detection` never interrupts; what would have is in `wouldBlock`. */
  readonly engineMode: 'on' | 'detection';
  /** Milliseconds of processor time for the rules over all phases, and again for each mebibyte of body; 250 unless said. */
  readonly budgetMs?: number;
  /** Persistent collections; one store of this process unless said. */
  readonly store?: CollectionStore;
  /** Milliseconds after which a phase pauses so that others have their turn (see `isPaused`); never unless said. */
  readonly sliceMs?: number;
  /** Clock in epoch milliseconds. */
  readonly now?: () => number;
}

/** Request line and headers. `uri` is the target as sent, `protocol` for example `HTTP/1.1`. */
export interface RequestHead {
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly headers: readonly HeaderField[];
}

/** Status line and headers of the answer. */
export interface ResponseHead {
  readonly status: number;
  readonly protocol: string;
  readonly headers: readonly HeaderField[];
}

const DEFAULT_BUDGET_MS = 250;
const NO_LENGTHS: ReadonlySet<string> = new Set(['', '0']);
const processStore = new MemoryCollectionStore();

/**
 * One request and its answer before the rules. Parts are handed in and phases evaluated in order: requestHead, evaluatePhase1,
 * requestBody (if any), evaluatePhase2, responseHead, evaluatePhase3, responseBody (if wanted), evaluatePhase4, evaluatePhase5. A phase
 * gives what must be done at once, or null. All text is byte strings (latin1).
 */
export class Transaction {
  readonly #state: TransactionState;
  readonly #budget: Budget;
  readonly #evaluation: PhaseEvaluation;
  readonly #ruleset: Ruleset;

  constructor(ruleset: Ruleset, options: TransactionOptions) {
    const { requestId, client, server, engineMode } = options;
    const { settings } = ruleset;
    const origin = {
      requestId,
      client,
      server,
      settings,
      variables: new TransactionVariables(ruleset.slots),
      store: options.store ?? processStore,
      subjects: ruleset.subjects,
      names: ruleset.names,
      now: options.now ?? Date.now,
    };
    this.#ruleset = ruleset;
    this.#state = new TransactionState(origin, settings.engine);
    this.#budget = new Budget(options.budgetMs ?? DEFAULT_BUDGET_MS, options.sliceMs);
    this.#evaluation = new PhaseEvaluation(ruleset, this.#state, engineMode === 'on', this.#budget);
  }

  /** Rules that log and have matched, in order; at most 200. */
  get matches(): readonly RuleMatch[] {
    return this.#evaluation.matches;
  }

  /** In detection mode: what would have interrupted first. */
  get wouldBlock(): Interruption | null {
    return this.#evaluation.wouldBlock;
  }

  /** Whether the time was used up, with the rule then in hand. Rules after it have not run. */
  get budgetExceeded(): { readonly ruleId: number } | null {
    return this.#budget.isExceeded ? { ruleId: this.#evaluation.exceededRuleId } : null;
  }

  /** Whether the phase evaluated last is not at its end: what it gives comes from `resume`, and nothing else may be called before. */
  get isPaused(): boolean {
    return this.#evaluation.isPaused;
  }

  /** Goes on with the phase that is paused, for another slice. */
  resume(): Interruption | null {
    return this.#evaluation.resume();
  }

  /** Anomaly scores as CRS 4 or 3 keeps them in TX; 0 where a pack keeps none. */
  get scores(): { readonly inbound: number; readonly outbound: number } {
    return {
      inbound: this.#score('blocking_inbound_anomaly_score', 'anomaly_score'),
      outbound: this.#score('blocking_outbound_anomaly_score', 'outbound_anomaly_score'),
    };
  }

  /** Whether phase 2 wants the request's body; asked after phase 1. */
  get wantsRequestBody(): boolean {
    return this.#state.engineMode !== 'Off' && this.#state.requestBodyAccess;
  }

  /** How many bytes of the request's body are looked at. */
  get requestBodyLimit(): number {
    return this.#state.requestBodyLimit;
  }

  /** How many bytes of the answer's body are looked at. */
  get responseBodyLimit(): number {
    return this.#state.responseBodyLimit;
  }

  /** Whether phase 4 wants the answer's body of that content type; asked after phase 3. */
  wantsResponseBody(contentType: string): boolean {
    const { engineMode, responseBodyAccess } = this.#state;
    if (engineMode === 'Off' || !responseBodyAccess || this.#ruleset.plan(4).steps.length === 0) return false;
    const end = contentType.indexOf(';');
    return this.#ruleset.settings.responseBodyMimeTypes.includes((end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase());
  }

  /** The first value of a variable, such as `TX:score` or `REQUEST_METHOD`; null when there is none. For tests and diagnostics. */
  variable(name: string): string | null {
    const colon = name.indexOf(':');
    const variable = findVariable(colon < 0 ? name : name.slice(0, colon));
    const key = colon < 0 ? '' : name.slice(colon + 1).toLowerCase();
    for (const entry of variable?.entries(this.#state) ?? []) if (key === '' || entry.key === key) return entry.text;
    return null;
  }

  requestHead({ method, uri, protocol, headers }: RequestHead): void {
    const state = this.#state;
    const { argumentSeparator, argumentsLimit } = this.#ruleset.settings;
    const target = splitRequestTarget(uri);
    state.method = method;
    // A request line without a version is HTTP/0.9. @see RFC 1945 section 4.1
    state.protocol = protocol === '' ? 'HTTP/0.9' : protocol;
    state.line = new Subject(`${method} ${uri} ${protocol}`);
    state.uriRaw = uri;
    state.uri = target.uri;
    state.path = target.path;
    state.pathWithin = target.isDecoded || target.uri !== uri ? null : state.line;
    state.query = target.query;
    state.argsGet = this.#entriesOf(parseUrlEncoded(target.query, argumentSeparator, argumentsLimit));
    const { headers: known } = this.#ruleset;
    const entries = new Array<Entry>(headers.length);
    let roles = 0;
    for (let at = 0; at < headers.length; at++) {
      const entry = known.entry(headers[at]![0], headers[at]![1]);
      entries[at] = entry;
      roles |= entry.known.headerRole;
    }
    state.headers = entries;
    if ((roles & HEADER_ROLE.cookie) !== 0) state.cookies = this.#cookiesOf(entries);
    if ((roles & HEADER_ROLE.contentType) !== 0) state.bodyProcessor = processorFor(state.header('content-type'));
    state.isBodyExpected =
      ((roles & HEADER_ROLE.transferEncoding) !== 0 && state.header('transfer-encoding') !== '') ||
      ((roles & HEADER_ROLE.contentLength) !== 0 && !NO_LENGTHS.has(state.header('content-length')));
    state.epoch++;
  }

  evaluatePhase1(): Interruption | null {
    return this.#evaluation.run(1);
  }

  /** The body up to the inspection limit; `truncated` when more of it exists. */
  requestBody(bytes: Uint8Array | string, truncated: boolean): void {
    const state = this.#state;
    if (!state.requestBodyAccess) return;
    state.body = byteString(bytes);
    state.bodyLength = state.body.length;
    this.#budget.allowFor(state.bodyLength);
    state.isBodyTruncated = truncated;
    state.isBodyExpected = true;
    if (state.bodyProcessor !== '' && state.bodyLength > 0) this.#processBody(state.bodyProcessor);
    state.epoch++;
  }

  evaluatePhase2(): Interruption | null {
    return this.#evaluation.run(2);
  }

  responseHead({ status, protocol, headers }: ResponseHead): void {
    const state = this.#state;
    state.responseStatus = status;
    state.responseProtocol = protocol;
    const { names } = this.#ruleset;
    const entries = new Array<Entry>(headers.length);
    for (let at = 0; at < headers.length; at++) entries[at] = new Entry(names.get(headers[at]![0]), headers[at]![1]);
    state.responseHeaders = entries;
    state.epoch++;
  }

  evaluatePhase3(): Interruption | null {
    return this.#evaluation.run(3);
  }

  responseBody(bytes: Uint8Array | string): void {
    this.#state.responseBody = byteString(bytes);
    this.#state.epoch++;
  }

  evaluatePhase4(): Interruption | null {
    return this.#evaluation.run(4);
  }

  /** Logging rules; they run after every outcome. */
  evaluatePhase5(): void {
    this.#evaluation.run(5);
  }

  #processBody(processor: 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML'): void {
    const state = this.#state;
    const { argumentsLimit, jsonDepthLimit } = this.#ruleset.settings;
    const limits = { argumentLimit: argumentsLimit, jsonDepth: jsonDepthLimit, isTruncated: state.isBodyTruncated };
    const result = processBody(processor, state.body, state.header('content-type'), limits);
    state.argsPost = this.#entriesOf(result.args);
    state.files = result.files;
    state.bodyVariables = result.variables;
    state.partHeaders = this.#entriesOf(result.partHeaders);
    if (result.xml !== undefined) {
      state.xmlText = xmlTextEntry(result.xml.text);
      state.xmlAttributes = result.xml.attributes.map(xmlAttributeEntry);
    }
  }

  #cookiesOf(headers: readonly Entry[]): readonly Entry[] {
    const cookies: BodyArgument[] = [];
    for (let at = 0; at < headers.length; at++) {
      const { known, text } = headers[at]!;
      if ((known.headerRole & HEADER_ROLE.cookie) !== 0) for (const cookie of parseCookies(text)) cookies.push(cookie);
    }
    return this.#entriesOf(cookies);
  }

  #entriesOf(pairs: readonly BodyArgument[]): Entry[] {
    const { names } = this.#ruleset;
    const entries = new Array<Entry>(pairs.length);
    for (let at = 0; at < pairs.length; at++) entries[at] = new Entry(names.get(pairs[at]!.name), pairs[at]!.value);
    return entries;
  }

  #score(name: string, older: string): number {
    return toInteger(this.#state.tx.get(name) ?? this.#state.tx.get(older) ?? '0');
  }
}

function byteString(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
