import type { DriverFacet } from '@phalanx/contracts';

/** What a driver read back from the kernel or a daemon. */
export interface DriverObservation {
  /** Sha-256 (hexadecimal) over what was found, normalised; null where there is nothing. */
  readonly digest: string | null;
  /** Unified diff, wanted against found, when they differ; at most 20,000 characters (see `unifiedDiff`). */
  readonly diff: string | null;
}

/** Makes the box be as one facet's document says. Every method may be called again after a crash and then does what is left. */
export interface FacetDriver {
  readonly facet: DriverFacet;
  /** Why this box can't do it (a tool or a right is missing), or null. Never rejects; asked about once a minute. */
  inability(): Promise<string | null>;
  /** Throws AppError `invalid` when the content is malformed, of another box, or can't be made true on this one. Changes nothing. */
  check(content: Buffer): Promise<void>;
  /**
   * Makes it so; null: takes away all that this facet ever made. `previous` is what ran before, or was about to (null: nothing). Answers the
   * digest that `observe` must show from now on. An `unavailable` is tried again by itself, everything else waits for a newer desired state.
   */
  apply(content: Buffer | null, previous: Buffer | null): Promise<{ readonly expectedDigest: string | null }>;
  /** Resolves when what was applied works on the box itself; rejects when it doesn't (the caller also checks digest and controller). */
  verify(content: Buffer): Promise<void>;
  /** What runs, read back from the kernel or the daemon and normalised; never from our own memory. */
  observe(content: Buffer | null): Promise<DriverObservation>;
  /**
   * Milliseconds within which the controller must be proved to be in reach again after `apply`, or it is undone. Without it a connection that
   * stands is proof enough.
   */
  readonly confirmMs?: ((content: Buffer) => number) | undefined;
}

/** Stands in where an agent has no driver for a facet, or must not use it: says so, and does nothing. */
export function missingDriver(facet: DriverFacet, reason = `this agent has no driver for ${facet}`): FacetDriver {
  const refuse = () => Promise.reject(new Error(reason));
  return { facet, inability: () => Promise.resolve(reason), check: refuse, apply: refuse, verify: refuse, observe: refuse };
}
