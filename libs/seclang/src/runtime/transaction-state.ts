import type { BodyFile } from '../body/index.js';
import type { CollectionStore, StoredCollection } from '../collections/collection-store.js';
import type { Settings } from '../model/settings.js';
import type { Entry, KnownName } from './entry.js';
import type { KnownTexts } from './known-texts.js';
import type { RuleFacts } from './rule-facts.js';
import { Subject } from './subject.js';
import type { TargetExclusion } from './target-exclusion.js';
import type { TransactionVariables } from './transaction-variables.js';

/** An address and port as text and number. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What a transaction knows from its beginning. */
export interface TransactionOrigin {
  readonly requestId: string;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly settings: Settings;
  readonly variables: TransactionVariables;
  readonly store: CollectionStore;
  /** Values of transactions before. */
  readonly subjects: KnownTexts<Subject>;
  /** Names of members of transactions before. */
  readonly names: KnownTexts<KnownName>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Everything the variables of one transaction are read from. All text is byte strings. Fields are set once by the part of the
 * transaction that brings them; `epoch` grows with each part, so that resolved targets know when they are out of date.
 */
export class TransactionState {
  readonly origin: TransactionOrigin;
  readonly tx: TransactionVariables;
  readonly startedAt: number;
  epoch = 0;

  method = '';
  uriRaw = '';
  uri = '';
  path = '';
  query = '';
  protocol = '';
  /** The request line, which holds the values that are cut from it. */
  line = new Subject('');
  /** The same, where the path is one of these: not where an escape in it was decoded. */
  pathWithin: Subject | null = null;
  headers: readonly Entry[] = [];
  cookies: readonly Entry[] = [];
  argsGet: readonly Entry[] = [];
  argsPost: readonly Entry[] = [];

  /** Whether the head says that a body follows. */
  isBodyExpected = false;
  bodyProcessor: '' | 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML' = '';
  body = '';
  bodyLength = 0;
  isBodyTruncated = false;
  isBodyForced = false;
  requestBodyAccess: boolean;
  responseBodyAccess: boolean;
  requestBodyLimit: number;
  responseBodyLimit: number;
  bodyVariables: Readonly<Record<string, string>> = {};
  files: readonly BodyFile[] = [];
  partHeaders: readonly Entry[] = [];
  xmlText: Entry | null = null;
  xmlAttributes: readonly Entry[] = [];

  responseStatus = 0;
  responseProtocol = '';
  responseHeaders: readonly Entry[] = [];
  responseBody: string | null = null;

  phase = 0;
  engineMode: 'On' | 'Off' | 'DetectionOnly';
  auditEngine = '';
  auditLogParts = '';
  rule: RuleFacts | null = null;
  highestSeverity = 255;
  matchedName = '';
  matchedText = '';
  matched: Entry[] = [];
  environment: Map<string, string> | null = null;
  collections: Map<string, StoredCollection> | null = null;
  collectionKeys: Map<string, string> | null = null;
  removedRules: Uint8Array | null = null;
  readonly exclusions: TargetExclusion[] = [];
  /** Names of the variables that the exclusions concern: most targets are none of them. */
  readonly excludedVariables = new Set<string>();
  readonly #scalars: Subject[] = [];

  constructor(origin: TransactionOrigin, engineMode: 'On' | 'Off' | 'DetectionOnly') {
    this.origin = origin;
    this.tx = origin.variables;
    this.startedAt = origin.now();
    this.engineMode = engineMode;
    this.requestBodyAccess = origin.settings.requestBodyAccess;
    this.responseBodyAccess = origin.settings.responseBodyAccess;
    this.requestBodyLimit = origin.settings.requestBodyLimit;
    this.responseBodyLimit = origin.settings.responseBodyLimit;
  }

  /** The subject of a variable with one value. Variables whose values are the same text share it. */
  scalar(text: string, within: Subject | null = null): Subject {
    const scalars = this.#scalars;
    for (let at = 0; at < scalars.length; at++) if (scalars[at]!.text === text) return scalars[at]!;
    const subject = new Subject(text, false, within);
    this.#scalars.push(subject);
    return subject;
  }

  /** The first value of a request header, by lower-case name; empty when there is none. */
  header(key: string): string {
    for (const entry of this.headers) if (entry.key === key) return entry.text;
    return '';
  }

  responseHeader(key: string): string {
    for (const entry of this.responseHeaders) if (entry.key === key) return entry.text;
    return '';
  }
}
