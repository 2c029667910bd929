import type { AnswerHead } from './downstream.js';
import type { HeaderPair } from './gate.js';
import { forwardableFields, relayedLines, type ResponseRecord } from './http1/response-head.js';

/** The head of an origin's answer on its way to the client. */
export class RelayedHead implements AnswerHead {
  readonly bodyLength: number;
  readonly addsLength: boolean;
  readonly #head: ResponseRecord;

  /** `bodyLength` as in `AnswerHead`; `addsLength` when the origin didn't announce it. */
  constructor(head: ResponseRecord, bodyLength: number, addsLength: boolean) {
    this.#head = head;
    this.bodyLength = bodyLength;
    this.addsLength = addsLength;
  }

  get status(): number {
    return this.#head.status;
  }

  get reason(): string {
    return this.#head.reason;
  }

  get headers(): readonly HeaderPair[] {
    return forwardableFields(this.#head);
  }

  get lines(): string {
    return relayedLines(this.#head);
  }
}
