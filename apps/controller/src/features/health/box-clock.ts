/** How a box's clocks stand to the controller's, as of its last heartbeats. Controller time = box time + offset. */
export interface BoxClock {
  readonly bootId: string;
  readonly monotonicOffsetMs: number;
  readonly wallOffsetMs: number;
  readonly uncertaintyMs: number;
}

/** What is kept of the heartbeats of one boot. */
export interface ClockWindow {
  readonly bootId: string;
  /** Receipt minus monotonic clock, in milliseconds, oldest first. */
  readonly samples: readonly number[];
  /** Wall clock minus monotonic clock at the last heartbeat. */
  readonly skewMs: number;
}

export interface ClockSample {
  readonly bootId: string;
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly receivedAtMs: number;
}

/** Two minutes of heartbeats: long enough for a quick one, short enough for the clocks to drift by less than the floor. */
const WINDOW = 12;
/** What is never known better: the network's least delay and the drift within the window. */
const FLOOR_MS = 20;
/** One heartbeat alone may have waited anywhere. */
const ALONE_MS = 1_000;

/** Adds a heartbeat. Another boot starts anew: its monotonic clock has another zero. */
export function addSample(window: ClockWindow | null, sample: ClockSample): ClockWindow {
  const known = window?.bootId === sample.bootId ? window.samples : [];
  return {
    bootId: sample.bootId,
    samples: [...known, sample.receivedAtMs - sample.monotonicMs].slice(-WINDOW),
    skewMs: sample.wallMs - sample.monotonicMs,
  };
}

/**
 * The estimate: every sample is the true offset plus a delay that can't be negative, so the least sample is the nearest. The
 * monotonic clock is measured, the wall clock follows from it, so a wall clock that is set takes effect at once. The uncertainty
 * is the floor plus how far the typical delay lies above the least.
 */
export function estimateClock({ bootId, samples, skewMs }: ClockWindow): BoxClock {
  const sorted = [...samples].sort((a, b) => a - b);
  const least = sorted[0]!;
  const median = sorted[sorted.length >> 1]!;
  const uncertaintyMs = samples.length === 1 ? ALONE_MS : FLOOR_MS + median - least;
  return { bootId, monotonicOffsetMs: least, wallOffsetMs: least - skewMs, uncertaintyMs };
}

/** A wall clock that is further off than this is an alarm. */
const OFF_MS = 2_000;

export function isClockOff(wallOffsetMs: number): boolean {
  return Math.abs(wallOffsetMs) > OFF_MS;
}
