import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AppliancePolicy, EngineLoad, EngineRequest, EngineStatus } from '@phalanx/contracts';
import { JournalKeeper } from '@phalanx/seclang';
import { AppError, backoffMs, digestOf, messageOf, type Logger } from '@phalanx/kit';
import { combinedRulesetDigest } from '../combined-ruleset-digest.js';
import { asAppError } from '../engine-errors.js';
import { MetricsLedger } from '../metrics/metrics-ledger.js';
import { ENGINE_VERSION } from '../version.js';
import { GenerationSwitch, type ExpectedGeneration } from '../primary/generation-switch.js';
import { ListeningSockets, type Endpoint } from '../primary/listening-sockets.js';
import { RulesetCompiler } from '../primary/ruleset-compiler.js';
import { WorkerPool } from '../primary/worker-pool.js';
import { ownIdentity } from '../process-identity.js';
import type { WorkerSetup } from '../worker/worker-messages.js';
import { ControlServer, type ControlResult } from './control-server.js';
import { EngineHome } from './engine-home.js';
import { readCandidate, type Candidate } from './load-files.js';
import { LossCounters } from './loss-counters.js';
import { probePorts } from './port-probe.js';
import { PrimaryEvents } from './primary-events.js';
import { RulesetStore } from './ruleset-store.js';
import { readTlsSecrets } from '../worker/secret-files.js';
import { planPorts } from '../worker/port-plan.js';

/** Workers of an engine that died before us serve until we do, and then have so long to drain; one that still lives after that is stuck. */
const STRANGERS_DRAIN_MS = 15_000;
const RETRY_FIRST_MS = 500;
/** As many as one answer holds. */
const REFUSALS_TOLD = 1_000;
const RETRY_MAX_MS = 10_000;

/** A candidate that was compiled, with what the compiler says of it. */
interface Compiled {
  readonly next: ExpectedGeneration;
  readonly load: EngineLoad;
}

/**
 * The engine of an appliance: the primary process. It serves no traffic; it compiles, keeps the workers alive and equal, and answers
 * the control socket. Started on a home whose `active/` folder holds a policy it serves without being asked.
 */
export class ApplianceEngine {
  readonly #home: EngineHome;
  readonly #logger: Logger;
  readonly #ticketKeys = randomBytes(48);
  readonly #metrics = new MetricsLedger();
  readonly #compiler = new RulesetCompiler();
  readonly #sockets = new ListeningSockets(true);
  readonly #keeper: JournalKeeper;
  readonly #store: RulesetStore;
  readonly #counters: LossCounters;
  readonly #events: PrimaryEvents;
  readonly #control: ControlServer;
  readonly #pool: WorkerPool;
  readonly #switch: GenerationSwitch;
  readonly #onDrained: () => void;
  #previous: ExpectedGeneration | null = null;
  #nextNumber = 1;
  /** Loads run one after another. */
  #loading: Promise<unknown> = Promise.resolve();
  #retry: NodeJS.Timeout | null = null;
  #drained: Promise<void> | null = null;
  #lastRefusal = '';

  private constructor(home: EngineHome, control: ControlServer, workers: number, logger: Logger, onDrained: () => void) {
    this.#home = home;
    this.#logger = logger;
    this.#onDrained = onDrained;
    this.#control = control;
    this.#store = new RulesetStore(home.compiled, ENGINE_VERSION, this.#compiler);
    this.#counters = new LossCounters(home.counters);
    this.#keeper = new JournalKeeper({ folder: home.collections, bootId: ownIdentity().bootId, logger });
    // Before the first worker reads it.
    this.#keeper.start();
    this.#events = new PrimaryEvents(home.spool, this.#counters, workers, logger, (use) => this.#pool.broadcastSpool(use));
    this.#pool = new WorkerPool(
      workers,
      (index) => this.#setup(index, workers),
      this.#metrics,
      {
        onReady: (worker) => void this.#switch.bringUp(worker),
        onLost: (index, pid, reason) =>
          this.#events.record('engine.worker-replaced', 'WARNING', `Worker ${index} ended and is replaced: ${reason}`, {
            worker: index,
            pid,
            reason,
          }),
        onSharing: (worker, sharing) => this.#events.sharing(worker, sharing),
      },
      logger,
    );
    this.#switch = new GenerationSwitch(this.#pool, logger, this.#sockets.giveTo);
  }

  /** Starts the engine of a home: control socket first, then workers, then what `active/` holds. `onDrained` is called when it has ended by `drain`. */
  static async start(root: string, workers: number, logger: Logger, onDrained: () => void): Promise<ApplianceEngine> {
    const home = new EngineHome(root);
    home.makeFolders();
    let engine: ApplianceEngine | null = null;
    const control = new ControlServer(
      home.controlSocket,
      async (request) => {
        if (!engine) throw new AppError('unavailable', 'engine.starting', 'the engine is starting');
        return engine.#answer(request);
      },
      logger,
    );
    await control.listen();
    engine = new ApplianceEngine(home, control, workers, logger, onDrained);
    engine.#events.record('engine.started', 'NOTICE', `The engine started with ${workers} workers`, { version: ENGINE_VERSION, workers });
    engine.#loadActive(0);
    return engine;
  }

  /** Ends: no new connections, what is in flight finishes within the deadline, segments are closed. */
  drain(deadlineMs: number): Promise<void> {
    this.#drained ??= this.#drain(deadlineMs);
    return this.#drained;
  }

  async #drain(deadlineMs: number): Promise<void> {
    if (this.#retry) clearTimeout(this.#retry);
    this.#events.record('engine.draining', 'NOTICE', 'The engine is stopping', { deadlineMs });
    this.#sockets.keepOnly([]);
    await this.#pool.drain(deadlineMs);
    this.#keeper.close();
    this.#compiler.close();
    await this.#events.close();
  }

  async #answer(request: EngineRequest): Promise<ControlResult> {
    switch (request.op) {
      case 'status':
        return { ok: true, status: await this.#status() };
      case 'metrics':
        await this.#pool.refreshMetrics();
        this.#metrics.report('primary', this.#events.metrics());
        return { ok: true, metrics: this.#metrics.read(request.reader) };
      case 'refusals':
        await this.#pool.refreshMetrics();
        return { ok: true, refusals: this.#metrics.refused.take(REFUSALS_TOLD).map(([source, count]) => ({ source, count })) };
      case 'check':
        return { ok: true, load: await this.#check(request.folder) };
      case 'load':
        return { ok: true, load: await this.#load(request.folder) };
      case 'drain':
        await this.drain(request.deadlineMs);
        // After the answer was sent.
        setImmediate(() => {
          this.#control.close();
          this.#onDrained();
        });
        return { ok: true };
    }
  }

  async #status(): Promise<EngineStatus> {
    const workers = await this.#pool.states();
    return {
      version: ENGINE_VERSION,
      pid: process.pid,
      workersWanted: this.#pool.size,
      workers,
      expected: this.#switch.committed?.expected ?? null,
      listeners: this.#pool.listeners().map(({ address, port, tls }) => ({ address, port, tls })),
    };
  }

  async #check(folder: 'staged' | 'active'): Promise<EngineLoad> {
    const { next, load } = await this.#compile(this.#candidate(folder));
    await this.#probe(next);
    return load;
  }

  #probe({ generation }: ExpectedGeneration): Promise<void> {
    return probePorts(this.#switch.committed?.generation.policy ?? null, generation.policy);
  }

  #load(folder: 'staged' | 'active'): Promise<EngineLoad> {
    if (this.#drained) return Promise.reject(new AppError('unavailable', 'engine.draining', 'the engine is stopping'));
    const load = this.#loading.then(() => this.#loadNow(folder));
    // The next load must not fail for this one's reason.
    this.#loading = load.catch(() => undefined);
    return load;
  }

  async #loadNow(folder: 'staged' | 'active'): Promise<EngineLoad> {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    try {
      const { next, load } = await this.#compile(this.#candidate(folder));
      await this.#probe(next);
      const before = this.#switch.committed;
      await this.#switchTo(next);
      this.#previous = before;
      this.#lastRefusal = '';
      this.#events.configure(next.generation.policy.events);
      this.#prune();
      this.#endStrangers();
      this.#events.record('engine.ruleset-loaded', 'INFO', `Policy ${load.policyDigest.slice(0, 12)} is served by all workers`, {
        policyDigest: load.policyDigest,
        rulesetDigest: load.rulesetDigest,
        rules: load.report.rules,
      });
      return load;
    } catch (error) {
      this.#recordRefusal(folder, error);
      throw error;
    }
  }

  /** New ports are bound before any worker hears of them, and old ones let go when none listens there any more. */
  async #switchTo(next: ExpectedGeneration): Promise<void> {
    const endpoints = endpointsOf(next.generation.policy);
    try {
      this.#sockets.bind(endpoints);
      await this.#switch.switchTo(next);
    } finally {
      const { committed } = this.#switch;
      this.#sockets.keepOnly(committed === null ? [] : endpointsOf(committed.generation.policy));
    }
  }

  #recordRefusal(folder: string, error: unknown): void {
    const reason = messageOf(error);
    // The retries of a start that goes on failing for one reason are one fact.
    if (this.#lastRefusal === reason) return;
    this.#lastRefusal = reason;
    const { code } = asAppError(error);
    this.#events.record('engine.load-refused', 'ERROR', `What was to be loaded is refused: ${reason}`.slice(0, 2000), { code, folder });
  }

  #candidate(folder: 'staged' | 'active'): Candidate {
    const candidate = readCandidate(this.#home.folder(folder));
    if (candidate === null) throw new AppError('not-found', 'engine.no-policy', `there is no policy in ${folder}/`);
    return candidate;
  }

  /** Everything that can be found wrong without a worker is found here. */
  async #compile({ policy, pack }: Candidate): Promise<Compiled> {
    planPorts(policy, readTlsSecrets(policy, this.#home.secrets), this.#ticketKeys);
    const { references, rules, skipped } = await this.#store.rulesetsFor(policy, pack);
    const policyDigest = digestOf(policy);
    const rulesetDigest = combinedRulesetDigest(
      references.flatMap(({ digest, applicationIds }) => applicationIds.map((id) => [id, digest] as const)),
    );
    return {
      next: {
        generation: { number: this.#nextNumber++, policy, rulesets: references, secretsFolder: this.#home.secrets },
        expected: { policyDigest, rulesetDigest },
      },
      load: { policyDigest, rulesetDigest, report: { rules, skipped: [...skipped] } },
    };
  }

  #loadActive(attempt: number): void {
    if (this.#drained || this.#switch.committed !== null || !existsSync(join(this.#home.folder('active'), 'policy.json'))) return;
    this.#load('active').catch((error: unknown) => {
      this.#logger.error('the active policy could not be loaded; it is tried again', { reason: messageOf(error) });
      this.#retry = setTimeout(() => this.#loadActive(attempt + 1), backoffMs(attempt, { firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS }));
    });
  }

  #endStrangers(): void {
    const strangers = this.#counters.strangers();
    if (strangers.length === 0) return;
    for (const pid of strangers) endIfAlive(pid, 'SIGTERM');
    setTimeout(() => {
      for (const pid of this.#counters.strangers()) {
        endIfAlive(pid, 'SIGKILL');
        this.#events.record('engine.leftover-ended', 'WARNING', `Process ${pid} of an earlier engine did not end by itself`, { pid });
      }
    }, STRANGERS_DRAIN_MS).unref();
  }

  /** The running and the previous generation's rules stay compiled on disk. */
  #prune(): void {
    const generations = [this.#switch.committed, this.#previous];
    try {
      this.#store.keepOnly(new Set(generations.flatMap((g) => g?.generation.rulesets.map(({ digest }) => digest) ?? [])));
    } catch (error) {
      // A full disk: the files stay until the next load.
      this.#logger.warn('old compiled rules could not be removed', { reason: messageOf(error) });
    }
  }

  #setup(index: number, workers: number): WorkerSetup {
    return {
      type: 'setup',
      index,
      workers,
      collectionsFolder: this.#home.collections,
      door: {
        kind: 'appliance',
        spoolFolder: this.#home.spool,
        ratePath: this.#home.rate,
        counterPath: this.#counters.pathFor(`worker-${index}`),
        ticketKeys: this.#ticketKeys.toString('base64'),
        spool: this.#events.spoolUse,
      },
    };
  }
}

function endpointsOf({ applications, listenAddresses }: AppliancePolicy): Endpoint[] {
  const ports = [...new Set(applications.map(({ listenPort }) => listenPort))];
  return ports.flatMap((port) => listenAddresses.map((address) => ({ address, port })));
}

function endIfAlive(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended just now by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
