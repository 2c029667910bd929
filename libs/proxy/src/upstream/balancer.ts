/** How targets share the load. */
export type Balance = 'round-robin' | 'least-connections';

/** What balancing needs to know of a target. */
export interface Balanced {
  readonly weight: number;
  readonly active: number;
  readonly hasRoom: boolean;
  currentWeight: number;
  isResting(now: number): boolean;
}

/**
 * The target of the next request, or null when none has room. Resting targets are used only when every target rests: a wrong guess about
 * health must not turn a slow origin into no origin. `except` leaves out those that were tried.
 */
export function chooseTarget<T extends Balanced>(targets: readonly T[], balance: Balance, except: readonly T[] | null): T | null {
  const only = targets[0];
  if (targets.length === 1 && only !== undefined) return only.hasRoom && !except?.includes(only) ? only : null;
  const now = performance.now();
  return pick(targets, balance, except, now, false) ?? pick(targets, balance, except, now, true);
}

function pick<T extends Balanced>(
  targets: readonly T[],
  balance: Balance,
  except: readonly T[] | null,
  now: number,
  resting: boolean,
): T | null {
  let best: T | null = null;
  let totalWeight = 0;
  for (const target of targets) {
    if (!target.hasRoom || target.isResting(now) !== resting || except?.includes(target)) continue;
    totalWeight += target.weight;
    target.currentWeight += target.weight;
    if (best === null || isBetter(target, best, balance)) best = target;
  }
  if (best !== null) best.currentWeight -= totalWeight;
  return best;
}

/** Smooth weighted round robin; for least connections it decides between equals. */
function isBetter(target: Balanced, best: Balanced, balance: Balance): boolean {
  if (balance === 'least-connections') {
    const difference = target.active / target.weight - best.active / best.weight;
    if (difference !== 0) return difference < 0;
  }
  return target.currentWeight > best.currentWeight;
}
