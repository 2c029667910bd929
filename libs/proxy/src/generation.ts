import { DEFAULT_LIMITS, type ProxyConfig, type ProxyLimits } from './config.js';
import { clientConnectionLimit } from './descriptor-limit.js';
import type { Deadlines } from './deadlines.js';
import { Router, type Route } from './router.js';
import { UpstreamPool } from './upstream/pool.js';

/** Everything that a request keeps from its beginning to its end, however often the configuration changes meanwhile. */
export class Generation {
  readonly number: number;
  readonly config: ProxyConfig;
  readonly limits: ProxyLimits;
  readonly router: Router;
  /** Takes malformed requests and those without an application. */
  readonly unrouted: Route;
  /** By application id and origin settings: a pool whose settings stay is handed to the next generation with its connections. */
  readonly pools: ReadonlyMap<string, UpstreamPool>;
  readonly upstreams: readonly { readonly id: string; readonly pool: UpstreamPool }[];

  /** Throws `invalid` where the configuration contradicts itself; nothing was changed then. */
  constructor(number: number, config: ProxyConfig, before: Generation | null, deadlines: Deadlines) {
    this.number = number;
    this.config = config;
    const limits = { ...DEFAULT_LIMITS, ...config.limits };
    this.limits = { ...limits, maxConnections: clientConnectionLimit(limits.maxConnections) };
    this.unrouted = { application: null, gate: config.gateFor(null), pool: null, limits: this.limits };
    const pools = new Map<string, UpstreamPool>();
    const routes = config.applications.map((application): Route => {
      const key = JSON.stringify([application.id, application.upstream, this.limits.headerBytes, this.limits.headerCount]);
      const pool = before?.pools.get(key) ?? new UpstreamPool(application.upstream, this.limits, deadlines);
      pools.set(key, pool);
      return { application, gate: config.gateFor(application), pool, limits: { ...this.limits, ...application.limits } };
    });
    this.pools = pools;
    this.upstreams = routes.flatMap(({ application, pool }) => (application && pool ? [{ id: application.id, pool }] : []));
    this.router = new Router(routes, this.unrouted);
  }

  /** Closes the idle connections of pools that `after` doesn't keep; those in use close when their exchange ends. */
  retire(after: Generation | null): void {
    for (const [key, pool] of this.pools) if (after?.pools.get(key) !== pool) pool.retire();
  }
}
