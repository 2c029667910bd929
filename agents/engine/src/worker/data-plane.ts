import { readFileSync } from 'node:fs';
import type { AppliancePolicy } from '@phalanx/contracts';
import { AppError, digestOf, messageOf, type Logger } from '@phalanx/kit';
import { warmUp } from '@phalanx/inspection';
import { activateRuleset, type Ruleset } from '@phalanx/seclang';
import { ProxyServer, type ListenerInfo, type ProxyConfig, type ProxyHooks, type SharedSocket } from '@phalanx/proxy';
import { combinedRulesetDigest } from '../combined-ruleset-digest.js';
import { renderBlockPage } from './block-page.js';
import { OfferedSockets } from './offered-sockets.js';
import type { PortPlan } from './port-plan.js';
import type { WorkerDoor } from './worker-door.js';
import type { CompiledReference, Generation, GenerationDigests } from './worker-messages.js';

/** Digests are taken anew over the memory this often: hashing all of a ruleset is work that requests wait for. */
const DIGEST_AGE_MS = 60_000;
const CLOSE_REMOVED_PORT_MS = 30_000;

/** Rules in memory, and the applications that they are for. */
interface LoadedRuleset {
  readonly ruleset: Ruleset;
  readonly applicationIds: readonly string[];
}

/** A generation, ready to be switched to. */
interface Prepared {
  readonly number: number;
  readonly policy: AppliancePolicy;
  readonly rulesets: readonly LoadedRuleset[];
  readonly configs: ReadonlyMap<number, ProxyConfig>;
}

export interface DataPlaneOptions {
  readonly hooks: ProxyHooks;
  readonly door: WorkerDoor;
  readonly logger: Logger;
}

/** Serves traffic in one worker: one proxy per port, all of one generation. */
export class DataPlane {
  readonly #options: DataPlaneOptions;
  readonly #servers = new Map<number, ProxyServer>();
  readonly #sockets = new OfferedSockets();
  #prepared: Prepared | null = null;
  #abortedNumber = 0;
  #current: Prepared | null = null;
  #previous: Prepared | null = null;
  #digests: (GenerationDigests & { readonly atMs: number }) | null = null;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
  }

  /** Reads and builds a generation beside the running one. Throws with the reason; nothing has changed then. */
  async prepare(generation: Generation): Promise<GenerationDigests> {
    const { policy } = generation;
    const rulesets: LoadedRuleset[] = [];
    for (const reference of generation.rulesets) rulesets.push(await this.#loaded(reference));
    const plans = this.#options.door.plan(generation, (id) => rulesetOf(id, rulesets));
    const configs = new Map(plans.map((plan) => [plan.port, this.#configOf(plan, policy, rulesets)]));
    const prepared = { number: generation.number, policy, rulesets, configs };
    // Given up while it was being built.
    if (generation.number > this.#abortedNumber) this.#prepared = prepared;
    return digestsOf(prepared, (ruleset) => ruleset.digest);
  }

  /** Takes a bound socket, to listen on when a generation says so. */
  offer(address: string, port: number, socket: SharedSocket): void {
    const isOpen = this.listeners().some((listener) => listener.address === address && listener.port === port);
    this.#sockets.offer(address, port, isOpen ? null : socket);
    if (isOpen) OfferedSockets.close(socket);
  }

  abort(number: number): void {
    this.#abortedNumber = Math.max(this.#abortedNumber, number);
    if (this.#prepared?.number === number) this.#prepared = null;
  }

  /** Switches to the prepared generation. Throws with the reason when a port can't be served; then all ports serve what they did. */
  async commit(number: number): Promise<void> {
    const next = this.#prepared;
    if (next?.number !== number) throw new AppError('conflict', 'engine.not-prepared', `generation ${number} is not prepared`);
    await this.#apply(next);
    this.#prepared = null;
    this.#previous = this.#current;
    this.#current = next;
    this.#digests = null;
  }

  /** Goes back to what ran before generation `number`. */
  async revert(number: number): Promise<void> {
    if (this.#current?.number !== number) return;
    const before = this.#previous ?? { number: -1, policy: null, rulesets: [], configs: new Map<number, ProxyConfig>() };
    await this.#apply(before);
    this.#current = this.#previous;
    this.#previous = null;
    this.#digests = null;
  }

  /** The running policy; null before the first. */
  get policy(): AppliancePolicy | null {
    return this.#current?.policy ?? null;
  }

  /** Digests over what is in memory now; null before the first generation. */
  digests(): GenerationDigests | null {
    if (this.#current === null) return null;
    if (this.#digests === null || performance.now() - this.#digests.atMs > DIGEST_AGE_MS) {
      this.#digests = { ...digestsOf(this.#current, (ruleset) => ruleset.measureDigest()), atMs: performance.now() };
    }
    return { policyDigest: this.#digests.policyDigest, rulesetDigest: this.#digests.rulesetDigest };
  }

  listeners(): ListenerInfo[] {
    return [...this.#servers.values()].flatMap((server) => [...server.addresses()]);
  }

  get connections(): number {
    let connections = 0;
    for (const server of this.#servers.values()) connections += server.stats().connections;
    return connections;
  }

  /** Ends: exchanges in flight get so long to finish. */
  async close(drainMs: number): Promise<void> {
    this.#sockets.clear();
    await Promise.all([...this.#servers.values()].map((server) => server.close(drainMs)));
    this.#servers.clear();
  }

  /** Rules that run already are taken over as they are; others are read, built and checked against their digest. */
  async #loaded({ path, digest, applicationIds }: CompiledReference): Promise<LoadedRuleset> {
    const running = this.#current?.rulesets.find(({ ruleset }) => ruleset.digest === digest);
    if (running) return { ruleset: running.ruleset, applicationIds };
    const ruleset = activateRuleset(readFileSync(path));
    if (ruleset.digest !== digest) {
      throw new AppError('invalid', 'engine.bad-artefact', `the compiled rules ${digest} are not what was compiled`);
    }
    await warmUp(ruleset);
    return { ruleset, applicationIds };
  }

  #configOf(plan: PortPlan, policy: AppliancePolicy, rulesets: readonly LoadedRuleset[]): ProxyConfig {
    const { gates } = this.#options.door;
    return {
      listeners: plan.listeners,
      applications: plan.applications,
      limits: plan.limits,
      blockPage: renderBlockPage,
      gateFor: (application) => {
        const found = policy.applications.find(({ id }) => id === application?.id);
        if (!found) return gates.unrouted();
        return gates.forApplication(found, rulesetOf(found.id, rulesets));
      },
    };
  }

  async #apply(next: Pick<Prepared, 'configs'>): Promise<void> {
    const applied: [port: number, before: ProxyConfig | null][] = [];
    try {
      for (const [port, config] of next.configs) {
        await this.#applyPort(port, config);
        applied.push([port, this.#current?.configs.get(port) ?? null]);
      }
    } catch (error) {
      for (const [port, before] of applied) {
        if (before) await this.#applyPort(port, before);
        else this.#closePort(port, 0);
      }
      throw error;
    }
    for (const port of this.#servers.keys()) if (!next.configs.has(port)) this.#closePort(port, CLOSE_REMOVED_PORT_MS);
  }

  async #applyPort(port: number, config: ProxyConfig): Promise<void> {
    const known = this.#servers.get(port);
    const { hooks, logger } = this.#options;
    const socketFor = this.#sockets.take;
    const server = known ?? new ProxyServer({ reusePort: true, socketFor, hooks, logger: logger.child({ port }) });
    await server.apply(config);
    this.#servers.set(port, server);
  }

  #closePort(port: number, drainMs: number): void {
    const server = this.#servers.get(port);
    this.#servers.delete(port);
    server
      ?.close(drainMs)
      .catch((error: unknown) => this.#options.logger.warn('a port could not be closed cleanly', { port, reason: messageOf(error) }));
  }
}

function rulesetOf(applicationId: string, rulesets: readonly LoadedRuleset[]): Ruleset | null {
  return rulesets.find(({ applicationIds }) => applicationIds.includes(applicationId))?.ruleset ?? null;
}

function digestsOf({ policy, rulesets }: Prepared, digest: (ruleset: Ruleset) => string): GenerationDigests {
  const pairs = rulesets.flatMap(({ ruleset, applicationIds }) => {
    const own = digest(ruleset);
    return applicationIds.map((id) => [id, own] as const);
  });
  return { policyDigest: digestOf(policy), rulesetDigest: combinedRulesetDigest(pairs) };
}
