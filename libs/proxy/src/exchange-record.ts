import type { ApplicationConfig } from './config.js';
import type { Provenance } from './forwarding.js';
import type { Endpoint, Exchange, ListenerInfo } from './gate.js';
import { nextRequestId } from './request-id.js';
import type { RequestRecord } from './request-record.js';

/** What gates see of an exchange. */
export class ExchangeRecord implements Exchange {
  readonly requestId = nextRequestId();
  readonly client: Endpoint;
  readonly peer: Endpoint;
  readonly listener: ListenerInfo;
  readonly request: RequestRecord;
  readonly application: ApplicationConfig | null;
  readonly startedAt = performance.now();
  requestBodyBytes: number;
  responseBodyBytes = 0;
  inspection: unknown = undefined;

  constructor(application: ApplicationConfig | null, request: RequestRecord, from: Provenance) {
    this.client = from.client;
    this.peer = from.peer;
    this.listener = from.listener;
    this.request = request;
    this.application = application;
    this.requestBodyBytes = request.body === null ? 0 : request.body.length;
  }
}
