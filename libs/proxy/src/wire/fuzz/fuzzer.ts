import { silentLogger, type Logger } from '@phalanx/kit';
import { ProxyBench } from '../../fixtures/bench.js';
import { RawClient } from '../../fixtures/raw-client.js';
import { JudgedGate, type JudgedRequest } from '../judged-gate.js';
import { readRequests, type ReadRequest } from '../reader/read-requests.js';
import { RecordingOrigin } from '../reader/recording-origin.js';
import { makeFuzzCase, type FuzzCase } from './fuzz-case.js';

/** A case must end within this. */
const CASE_MS = 10_000;
/** node:http and nginx read again what the origin got in one of so many cases: they cost more than all the rest. */
const THIRD_READER_EVERY = 20;
/** What the proxy says by itself to a client. Anything from 500 on, but 505, would be its own failure. */
const OWN_STATUSES = new Set([400, 405, 408, 413, 414, 417, 431, 505]);

/** Sends damaged requests through a proxy and compares what it judged, what the origin saw and what the client got. */
export class WireFuzzer {
  readonly #gate = new JudgedGate();
  readonly #complaints: string[] = [];
  readonly #origin: RecordingOrigin;
  #proxy: ProxyBench | null = null;
  /** Requests that reached the origin, and cases of which something was refused. */
  forwarded = 0;
  refused = 0;

  private constructor(origin: RecordingOrigin) {
    this.#origin = origin;
  }

  static async start(): Promise<WireFuzzer> {
    const fuzzer = new WireFuzzer(await RecordingOrigin.start(true));
    const logger: Logger = {
      ...silentLogger,
      error: (message, fields) => void fuzzer.#complaints.push(`${message} ${JSON.stringify(fields)}`),
    };
    fuzzer.#proxy = await ProxyBench.start(fuzzer.#origin.port, {
      options: { logger },
      config: { gateFor: () => fuzzer.#gate, limits: { headersTimeoutMs: 2_000, bodyTimeoutMs: 2_000 } },
    });
    return fuzzer;
  }

  /** Everything that is wrong with what became of the case of a seed; empty when all is well. */
  async run(seed: number): Promise<string[]> {
    const one = makeFuzzCase(seed);
    this.#gate.wantsBodies = one.wantsBodies;
    const client = await RawClient.open(this.#port);
    const found = await this.#exchange(one, client);
    found.push(...this.#compareOrigin(one));
    if (!one.isReset) found.push(...(await this.#compareAnswers(client)));
    if (seed % THIRD_READER_EVERY === 0) found.push(...(await this.#origin.disagreements(this.#mayBeCut(one))));
    found.push(...this.#complaints.splice(0));
    client.close();
    this.forwarded += this.#origin.seen.length;
    if (this.#gate.refusal !== null) this.refused += 1;
    this.#origin.reset();
    this.#gate.reset();
    return found;
  }

  /** What is still held when nothing is under way: all of it must be 0. */
  held(): { connections: number; exchanges: number; active: number } {
    const { connections, exchangesActive, upstreams } = this.#bench.server.stats();
    return { connections, exchanges: exchangesActive, active: upstreams.reduce((sum, { active }) => sum + active, 0) };
  }

  async close(): Promise<void> {
    await this.#bench.close();
    await this.#origin.close();
  }

  get #bench(): ProxyBench {
    if (this.#proxy === null) throw new Error('not started');
    return this.#proxy;
  }

  get #port(): number {
    return this.#bench.port;
  }

  async #exchange({ bytes, cuts, isReset }: FuzzCase, client: RawClient): Promise<string[]> {
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      if (cut > from) client.send(bytes.subarray(from, cut));
      from = Math.max(from, cut);
      if (cut < bytes.length) await new Promise((resolve) => setImmediate(resolve));
    }
    try {
      if (isReset) client.socket.resetAndDestroy();
      else {
        client.socket.end();
        await client.ended(CASE_MS);
      }
      return await this.#settle();
    } catch (error) {
      return [`it does not end: ${String(error)}`];
    }
  }

  /** Waits until nothing is under way. */
  async #settle(): Promise<string[]> {
    const end = performance.now() + CASE_MS;
    for (;;) {
      const held = this.held();
      if (held.connections + held.exchanges + held.active === 0) return [];
      if (performance.now() > end) return [`still held: ${JSON.stringify(held)}`];
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A body that streams, or a client that vanished, may leave the beginning of a request with the origin. */
  #mayBeCut({ isReset, wantsBodies }: FuzzCase): boolean {
    return isReset || (!wantsBodies && this.#gate.requests.length > this.#gate.forwarded.length);
  }

  #compareOrigin(one: FuzzCase): string[] {
    const found: string[] = [];
    const { seen } = this.#origin;
    const judged = one.isReset ? this.#gate.requests.slice(0, seen.length) : this.#gate.forwarded;
    const said = (list: readonly unknown[]): string => JSON.stringify(list);
    const shown = seen.map(({ method, target, body }) => [method, target, one.wantsBodies ? body : body.length]);
    const expected = judged.map((request) => [request.method, originForm(request), one.wantsBodies ? request.body : request.bodyBytes]);
    if (said(shown) !== said(expected)) found.push(`the origin saw ${said(shown)}, inspection judged ${said(expected)}`);
    const { requests } = readRequests(one.bytes.toString('latin1'), 'grammar');
    const meant = requests.slice(0, seen.length).map(({ method, target, body }) => [method, originForm({ target }), body]);
    const got = seen.map(({ method, target, body }) => [method, target, body]);
    if (said(got) !== said(meant)) found.push(`the origin saw ${said(got)}, the grammar says ${said(meant)}`);
    const { bytesWithoutRequest, fault } = this.#origin.leftovers;
    if (fault !== null) found.push(`the origin can't read what it got: ${fault}`);
    if (bytesWithoutRequest !== '' && !this.#mayBeCut(one)) found.push(`the origin got ${JSON.stringify(bytesWithoutRequest)} besides`);
    return found;
  }

  /** One answer per request, in order, each naming its request; after one of the proxy's own nothing more. */
  async #compareAnswers(client: RawClient): Promise<string[]> {
    const seen: readonly ReadRequest[] = this.#origin.seen;
    let index = 0;
    while (client.received !== '') {
      const request = seen[index];
      const isHead = (request ?? this.#gate.requests[index])?.method === 'HEAD';
      const { status, body } = await client.answer(isHead, 1_000);
      if (status === 100) continue;
      if (request !== undefined && status === 200) {
        if (!isHead && body !== `${request.method} ${request.target} ${request.body.length}`)
          return [`answer ${index} is another's: ${body}`];
        index += 1;
      } else if (!OWN_STATUSES.has(status) || client.received !== '') {
        return [`answer ${index} is ${status}, followed by ${JSON.stringify(client.received.slice(0, 200))}`];
      }
    }
    return index === seen.length ? [] : [`${seen.length} requests had ${index} answers`];
  }
}

/** The target as it goes to an origin. */
function originForm({ target }: Pick<JudgedRequest, 'target'>): string {
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return rest === target || rest.startsWith('/') ? rest : `/${rest}`;
}
