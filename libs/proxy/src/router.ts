import { AppError, detached } from '@phalanx/kit';
import type { ApplicationConfig, BodyLimits } from './config.js';
import type { Gate } from './gate.js';
import type { UpstreamPool } from './upstream/pool.js';

/** Where requests of one application go, in one generation. `application` and `pool` are null for requests that no application takes. */
export interface Route {
  readonly application: ApplicationConfig | null;
  readonly gate: Gate;
  readonly pool: UpstreamPool | null;
  readonly limits: BodyLimits;
}

/** The answer for one authority. */
export interface RouteMatch {
  /** Lower-case, without port and brackets; '' when the authority is empty or invalid. */
  readonly host: string;
  readonly isValid: boolean;
  readonly route: Route;
}

const CACHE_SIZE = 2048;
const MAX_NAME = 255;
/** RFC 9110 4.2, narrowed to what names on the web are made of: no percent-encoding, no user information. */
const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._~-]*))(?::\d{0,5})?$/i;

/** Finds the application of a host: exact name, then the longest `*.suffix`, then the default. */
export class Router {
  readonly #exact = new Map<string, Route>();
  readonly #wildcards = new Map<string, Route>();
  readonly #cache = new Map<string, RouteMatch>();
  #fallback: Route;

  /** `unrouted` takes what nothing else takes. Throws `proxy.route-conflict` when two applications claim a host. */
  constructor(routes: readonly Route[], unrouted: Route) {
    this.#fallback = unrouted;
    for (const route of routes) this.#add(route);
  }

  /** The match of a Host value or a target's authority. */
  resolve(authority: string): RouteMatch {
    return this.#cache.get(authority) ?? this.#remember(authority);
  }

  #add(route: Route): void {
    if (route.application?.isDefault) {
      if (this.#fallback.application !== null) throw conflict('default');
      this.#fallback = route;
    }
    for (const host of route.application?.hosts ?? []) {
      const name = host.toLowerCase();
      const table = name.startsWith('*.') ? this.#wildcards : this.#exact;
      const key = name.startsWith('*.') ? name.slice(1) : name;
      if (table.has(key)) throw conflict(name);
      table.set(key, route);
    }
  }

  #remember(authority: string): RouteMatch {
    const match = AUTHORITY.exec(authority);
    // A trailing dot names the same host (RFC 9110 4.3.3 leaves it open; origins and certificates ignore it).
    const host = (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
    const found: RouteMatch = { host: detached(host), isValid: match !== null && host.length <= MAX_NAME, route: this.#find(host) };
    // A host that no application names could be a new one in every request: what is long isn't worth the memory.
    if (authority.length > MAX_NAME) return found;
    if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
    this.#cache.set(detached(authority), found);
    return found;
  }

  #find(host: string): Route {
    const exact = this.#exact.get(host);
    if (exact) return exact;
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const wildcard = this.#wildcards.get(host.slice(dot));
      if (wildcard) return wildcard;
    }
    return this.#fallback;
  }
}

function conflict(host: string): AppError {
  return new AppError('invalid', 'proxy.route-conflict', `two applications claim ${host}`, { details: { host } });
}
