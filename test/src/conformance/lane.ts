import { AppError } from '@phalanx/kit';
import type { AuditLine } from './audit-trail.js';
import { CookieJar } from './cookie-jar.js';
import { MARKER_HEADER, type EngineUnderTest } from './engine-under-test.js';
import { exchange, type Exchanged } from './exchange.js';
import { unmet, type Seen } from './expectations.js';
import type { FtwInput, FtwOutput, FtwStage, FtwTest, HeaderField } from './ftw-test.js';
import { redirected } from './redirect.js';
import { requestBytes } from './request-bytes.js';

/** How a test ended: the reasons why it failed (none when it passed), and what was seen of its last stage. */
export interface Outcome {
  readonly reasons: readonly string[];
  readonly seen: Seen;
}

/** Before anything was sent. */
export const NOTHING_SEEN: Seen = { answer: null, error: null, audit: [] };

/**
 * Runs tests one after the other from a loopback address of its own. That address tells which audit lines are about the lane's requests, those
 * that can't carry a mark (raw and malformed ones) included; where a request carries one, the line must show it.
 */
export class Lane {
  readonly #engine: EngineUnderTest;
  readonly #from: string;
  #sent = 0;

  /** `number` from 0 to 249. */
  constructor(engine: EngineUnderTest, number: number) {
    this.#engine = engine;
    // Not 127.0.0.1: rule 905110 switches the rules off for some requests from there.
    this.#from = `127.0.1.${number + 1}`;
  }

  /** Runs a test against its own expectations, or those of an override. Rejects when the engine has died or its log can't be trusted. */
  async run(test: FtwTest, override: FtwOutput | null = null): Promise<Outcome> {
    const jar = new CookieJar();
    let before = NOTHING_SEEN;
    for (const stage of test.stages) {
      const output = override ?? stage.output;
      let outcome = await this.#runStage(test, stage, output, before, jar);
      if (outcome.reasons.length > 0 && output.retriesOnce) outcome = await this.#runStage(test, stage, output, before, jar);
      if (outcome.reasons.length > 0) return outcome;
      before = outcome.seen;
    }
    return { reasons: [], seen: before };
  }

  async #runStage(test: FtwTest, stage: FtwStage, output: FtwOutput, before: Seen, jar: CookieJar): Promise<Outcome> {
    const followed = stage.input.followsRedirect ? redirected(stage.input, before.answer) : stage.input;
    if (typeof followed === 'string') return { reasons: [followed], seen: before };
    const input = { ...followed, headers: jar.addTo(followed.headers) };
    const seen = await this.#send(test, input);
    if (input.savesCookies && seen.answer !== null) jar.save(seen.answer.headers);
    return { reasons: unmet(output, seen), seen };
  }

  async #send(test: FtwTest, input: FtwInput): Promise<Seen> {
    let last: Exchanged = { answer: null, error: 'nothing was sent' };
    const audit: AuditLine[] = [];
    for (const uri of input.uris) {
      const mark = `${test.id}.${(this.#sent += 1)}`;
      const extra: HeaderField[] = input.raw === null ? [[MARKER_HEADER, mark]] : [];
      last = await exchange({ port: this.#engine.port, from: this.#from }, requestBytes(input, uri, extra), input.raw !== null);
      if (!this.#engine.isRunning)
        throw new AppError('unavailable', 'conformance.engine-ended', `the engine ended at test ${test.id}\n${this.#engine.output()}`);
      audit.push(...this.#linesOf(mark));
    }
    return { ...last, audit };
  }

  /** A line with another request's mark came too late, after its answer: then no result of the run is worth anything. */
  #linesOf(mark: string): readonly AuditLine[] {
    const lines = this.#engine.audit.take(this.#from);
    const marks = lines.map(({ headers }) => headers[MARKER_HEADER]);
    // A mark may be masked in part, where a request has the same text for a secret.
    const stranger = marks.find((found) => found !== undefined && found !== mark && !found.includes('***'));
    if (stranger !== undefined)
      throw new AppError('bug', 'conformance.late-line', `the audit line of ${stranger} came after its answer, at ${mark}`);
    return lines;
  }
}
