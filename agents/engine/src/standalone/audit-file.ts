import { closeSync, openSync, writeSync } from 'node:fs';
import { messageOf, type Logger } from '@phalanx/kit';
import type { ExchangeFacts, Finding, RequestMasker } from '@phalanx/inspection';
import type { FindingSink } from '../worker/finding-sink.js';

const MAX_TEXT = 4_000;

/** The audit file of the stand-alone door: one JSON line per transaction that a rule objected to, written before the answer. */
export class AuditFile implements FindingSink {
  readonly #fd: number;
  readonly #mode: string;
  readonly #headers: ReadonlySet<string>;
  readonly #logger: Logger;
  #hasFailed = false;

  /** Opens the file for appending: several workers may share it. Throws the system's error. `headers` are the names to show. */
  constructor(path: string, mode: string, headers: readonly string[], logger: Logger) {
    this.#fd = openSync(path, 'a', 0o600);
    this.#mode = mode;
    this.#headers = new Set(headers.map((name) => name.toLowerCase()));
    this.#logger = logger;
  }

  record(facts: ExchangeFacts, finding: Finding, masker: RequestMasker): void {
    const { request } = facts;
    const query = request.query === '' ? '' : `?${masker.query(request.query, MAX_TEXT)}`;
    const headers: Record<string, string> = {};
    for (const [name, value] of request.headers) {
      if (this.#headers.has(name.toLowerCase())) headers[name] = masker.header(name, value, MAX_TEXT);
    }
    const line = {
      time: new Date().toISOString(),
      requestId: facts.requestId,
      client: facts.client.address,
      method: masker.text(request.method, 64),
      uri: masker.text(request.path, MAX_TEXT) + query,
      status: finding.status,
      action: finding.action === 'blocked' ? 'block' : 'pass',
      mode: this.#mode,
      rules: finding.matches.map((match) => ({
        id: match.id,
        msg: masker.text(match.msg, 500),
        severity: match.severity,
        tags: match.tags,
        data: masker.matched(match.matchedVar, match.data, 1_000),
      })),
      headers,
      score: finding.score,
    };
    this.#write(Buffer.from(`${JSON.stringify(line)}\n`));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(line: Buffer): void {
    try {
      writeSync(this.#fd, line);
      this.#hasFailed = false;
    } catch (error) {
      // The verdict stands; the first failure of a row is told.
      if (!this.#hasFailed) this.#logger.error('the audit file cannot be written', { reason: messageOf(error) });
      this.#hasFailed = true;
    }
  }
}
