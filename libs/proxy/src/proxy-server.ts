import { tmpdir } from 'node:os';
import { silentLogger, sleep } from '@phalanx/kit';
import type { ListenerConfig, ProxyConfig } from './config.js';
import { Counters, type ServerContext } from './context.js';
import { Deadlines } from './deadlines.js';
import type { ListenerInfo } from './gate.js';
import { Generation } from './generation.js';
import { Listener, type ListenerSettings } from './listener/listener.js';
import type { ProxyServerOptions, ProxyStats, UpstreamStats } from './options.js';
import { PASS_ALL } from './pass-all.js';
import { LocalSourceLedger } from './source-ledger.js';

const DEFAULT_BACKLOG = 1024;
const CLOSE_POLL_MS = 10;
/** How long cut connections may take to vanish. */
const CUT_MS = 1_000;

/** A listener of the next configuration: kept from before, or to be opened. */
interface Planned {
  readonly listener: Listener;
  readonly settings: ListenerSettings | null;
}

/**
 * The reverse proxy of one process. Made empty; the first `apply` opens its listeners. Invariants: a request runs from beginning to end in the
 * generation that was current when its head was complete; an `apply` that throws has changed nothing.
 */
export class ProxyServer {
  readonly #options: ProxyServerOptions;
  readonly #context: ServerContext;
  #listeners = new Map<string, Listener>();
  /** Removed listeners whose connections still end. */
  readonly #leaving = new Set<Listener>();
  #order: readonly Listener[] = [];
  #applying: Promise<void> = Promise.resolve();

  constructor(options: ProxyServerOptions = {}) {
    this.#options = options;
    const deadlines = new Deadlines();
    const empty: ProxyConfig = { listeners: [], applications: [], gateFor: () => PASS_ALL };
    this.#context = {
      logger: options.logger ?? silentLogger,
      hooks: options.hooks ?? {},
      sources: options.sources ?? new LocalSourceLedger(),
      deadlines,
      spillFolder: options.spillFolder ?? tmpdir(),
      counters: new Counters(),
      generation: new Generation(0, empty, null, deadlines),
    };
  }

  /**
   * Switches to a configuration as one step: requests in flight keep the generation they began with, unchanged listeners keep their
   * connections, certificates are replaced without dropping any. Calls are carried out one after the other. Throws `invalid` for a wrong configuration
   * and `unavailable` when a listener can't be opened; the old configuration then stays as it was.
   */
  async apply(config: ProxyConfig): Promise<void> {
    const turn = this.#applying.then(() => this.#apply(config));
    this.#applying = turn.catch(() => undefined);
    return turn;
  }

  async #apply(config: ProxyConfig): Promise<void> {
    const before = this.#context.generation;
    const generation = new Generation(before.number + 1, config, before, this.#context.deadlines);
    const opened: Listener[] = [];
    const next = new Map<string, Planned>();
    try {
      for (const listenerConfig of config.listeners) next.set(keyOf(listenerConfig), await this.#plan(listenerConfig, opened));
    } catch (error) {
      for (const listener of opened) listener.close();
      generation.retire(before);
      throw error;
    }
    this.#context.generation = generation;
    for (const { listener, settings } of next.values()) if (settings !== null) listener.use(settings);
    for (const [key, listener] of this.#listeners) if (!next.has(key)) this.#remove(listener);
    this.#listeners = new Map([...next].map(([key, { listener }]) => [key, listener]));
    this.#order = [...this.#listeners.values()];
    before.retire(generation);
    this.#context.logger.info('configuration applied', { generation: generation.number, listeners: this.#order.length });
  }

  async #plan(config: ListenerConfig, opened: Listener[]): Promise<Planned> {
    const present = this.#listeners.get(keyOf(config));
    if (present) return { listener: present, settings: present.prepare(config) };
    const listener = new Listener(this.#context, config);
    const shared = this.#options.socketFor?.(config.address, config.port) ?? null;
    await listener.open(shared, this.#options.reusePort ?? false, this.#options.backlog ?? DEFAULT_BACKLOG);
    opened.push(listener);
    return { listener, settings: null };
  }

  #remove(listener: Listener): void {
    for (const before of this.#leaving) if (before.isEmpty) this.#leaving.delete(before);
    listener.close();
    this.#leaving.add(listener);
  }

  /** Where it listens, in the order of the configuration's listeners (with the port that port 0 got). */
  addresses(): readonly ListenerInfo[] {
    return this.#order.map((listener) => listener.info);
  }

  /** Stops accepting, lets exchanges in flight end for at most `drainMs`, then cuts what is left. */
  async close(drainMs: number): Promise<void> {
    await this.#applying;
    for (const listener of this.#order) this.#remove(listener);
    this.#listeners.clear();
    this.#order = [];
    const leaving = [...this.#leaving];
    await this.#poll(drainMs, () => leaving.some((listener) => listener.isBusy));
    for (const listener of leaving) listener.destroy();
    this.#leaving.clear();
    await this.#poll(CUT_MS, () => this.#context.counters.connections > 0);
    this.#context.generation.retire(null);
  }

  async #poll(ms: number, isWaiting: () => boolean): Promise<void> {
    const until = performance.now() + ms;
    while (isWaiting() && performance.now() < until) await sleep(CLOSE_POLL_MS);
  }

  stats(): ProxyStats {
    const { counters, generation } = this.#context;
    const now = performance.now();
    const upstreams: UpstreamStats[] = [];
    for (const { id, pool } of generation.upstreams) {
      for (const target of pool.targets) {
        const { name, active, idle, failuresTotal } = target;
        upstreams.push({ application: id, target: name, active, idle, failures: failuresTotal, isResting: target.isResting(now) });
      }
    }
    return { generation: generation.number, ...counters, upstreams };
  }
}

function keyOf(config: ListenerConfig): string {
  return `${config.address} ${config.port}`;
}
