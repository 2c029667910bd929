import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, type Logger } from '@phalanx/kit';
import { JournalKeeper } from '@phalanx/seclang';
import { combinedRulesetDigest } from '../combined-ruleset-digest.js';
import { MetricsLedger } from '../metrics/metrics-ledger.js';
import { GenerationSwitch } from '../primary/generation-switch.js';
import { ListeningSockets, type Endpoint } from '../primary/listening-sockets.js';
import { RulesetCompiler } from '../primary/ruleset-compiler.js';
import { WorkerPool } from '../primary/worker-pool.js';
import { ownIdentity } from '../process-identity.js';
import type { WorkerSetup } from '../worker/worker-messages.js';
import { makePassingState } from './passing-state.js';
import type { StandaloneOptions } from './standalone-options.js';
import { APPLICATION_ID, standalonePolicy } from './standalone-policy.js';

/**
 * The primary process of the engine alone. It serves no traffic: it compiles the rules in a thread of its own, keeps the workers alive, and moves
 * them all to new rules or none.
 */
export class StandaloneEngine {
  /** Where the workers listen. */
  readonly endpoint: Endpoint;
  readonly #options: StandaloneOptions;
  readonly #root: string;
  readonly #sockets = new ListeningSockets(false);
  readonly #compiler = new RulesetCompiler();
  readonly #keeper: JournalKeeper;
  #pool: WorkerPool | null = null;
  #switch: GenerationSwitch | null = null;
  #nextNumber = 1;
  #reloading: Promise<unknown> = Promise.resolve();

  private constructor(options: StandaloneOptions, logger: Logger) {
    this.#options = options;
    this.endpoint = this.#sockets.bind([options.listen])[0] ?? options.listen;
    this.#root = options.state ?? makePassingState();
    mkdirSync(this.#compiled, { recursive: true, mode: 0o700 });
    this.#keeper = new JournalKeeper({ folder: this.#collections, bootId: ownIdentity().bootId, logger });
  }

  /** Compiles, starts the workers and has them listen. Throws `file:line: reason` for a bad rule, and the system's reason for the rest. */
  static async start(options: StandaloneOptions, logger: Logger): Promise<StandaloneEngine> {
    closeSync(openSync(options.audit, 'a', 0o600));
    const engine = new StandaloneEngine(options, logger);
    try {
      const { digest } = await engine.#compile();
      engine.#keeper.start();
      const events = {
        onReady: (worker: Parameters<GenerationSwitch['bringUp']>[0]): void => void engine.#switch?.bringUp(worker),
        onLost: (): void => undefined,
        onSharing: (): void => undefined,
      };
      const pool = new WorkerPool(options.workers, (index) => engine.#setup(index), new MetricsLedger(), events, logger);
      engine.#pool = pool;
      engine.#switch = new GenerationSwitch(pool, logger, engine.#sockets.giveTo);
      await engine.#switchTo(digest);
      return engine;
    } catch (error) {
      await engine.close(0);
      throw error;
    }
  }

  /**
   * Reads the rules again and moves all workers to them; says how many there are. Rejects with `file:line: reason` for a bad rule: then
   * the workers go on with what they have.
   */
  reload(): Promise<number> {
    const reload = this.#reloading.then(async () => {
      const { digest, rules } = await this.#compile();
      await this.#switchTo(digest);
      return rules;
    });
    // The next one must not fail for this one's reason.
    this.#reloading = reload.catch(() => undefined);
    return reload;
  }

  /** No new connections; exchanges in flight get so long to finish. */
  async close(drainMs: number): Promise<void> {
    this.#sockets.keepOnly([]);
    await this.#pool?.drain(drainMs);
    this.#keeper.close();
    this.#compiler.close();
    if (this.#options.state === null) rmSync(this.#root, { recursive: true, force: true });
  }

  get #compiled(): string {
    return join(this.#root, 'compiled');
  }

  get #collections(): string {
    return join(this.#root, 'collections');
  }

  #compile(): Promise<{ readonly digest: string; readonly rules: number }> {
    return this.#compiler.compile({ kind: 'files', paths: this.#options.rules }, this.#compiled);
  }

  async #switchTo(digest: string): Promise<void> {
    const policy = standalonePolicy(this.#options, this.endpoint);
    await this.#switch?.switchTo({
      generation: {
        number: this.#nextNumber++,
        policy,
        rulesets: [{ digest, path: this.#pathOf(digest), applicationIds: [APPLICATION_ID] }],
        secretsFolder: '',
      },
      expected: { policyDigest: digestOf(policy), rulesetDigest: combinedRulesetDigest([[APPLICATION_ID, digest]]) },
    });
    for (const name of readdirSync(this.#compiled)) {
      if (join(this.#compiled, name) !== this.#pathOf(digest)) rmSync(join(this.#compiled, name), { force: true });
    }
  }

  #pathOf(digest: string): string {
    return join(this.#compiled, `${digest}.rules`);
  }

  #setup(index: number): WorkerSetup {
    const { audit, auditHeaders, mode, workers } = this.#options;
    return {
      type: 'setup',
      index,
      workers,
      collectionsFolder: this.#collections,
      door: { kind: 'standalone', audit, auditHeaders, mode },
    };
  }
}
