import { statSync } from 'node:fs';
import { join } from 'node:path';
import { applianceHaSchema, appliancePolicySchema, type Facet, type GuardState, guardStateSchema } from '@phalanx/contracts';
import { messageOf } from '@phalanx/kit';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { planOf } from './guard-plan.js';

/** How soon the guard follows what was committed. */
const LOOK_MS = 500;
/** What the plan is made from. */
const SOURCES = ['policy', 'ha', 'network'] as const satisfies readonly Facet[];
/** A guard that runs renews its state more often than this. */
const STALE_MS = 30_000;

export interface AvailabilityOptions {
  /** Content that was last applied and verified, with its digest; null where there is none. */
  readonly committed: (facet: Facet) => { readonly sha256: string; readonly read: () => Buffer | null } | null;
}

export interface AvailabilityFeature extends RunningFeature {
  /** How the guard stands; null where none runs. */
  guard(): GuardState | null;
}

/** Keeps `guard/plan.json` as the committed facets say, and reads what the guard says of itself. */
export function startAvailability({ home, disk, logger }: AgentContext, { committed }: AvailabilityOptions): AvailabilityFeature {
  const planPath = join(home.guard, 'plan.json');
  const statePath = join(home.guard, 'state.json');
  disk.makeFolder(home.guard);
  let seen: string | null = null;
  const look = () => {
    const digests = JSON.stringify(SOURCES.map((facet) => committed(facet)?.sha256 ?? null));
    if (digests === seen) return;
    seen = digests;
    try {
      const text = render(committed);
      const written = disk.read(planPath);
      if (text === null) {
        if (written !== null) disk.remove(planPath);
      } else if (written?.toString('utf8') !== text) disk.replace(planPath, text);
    } catch (error) {
      logger.error('the guard’s plan could not be made; the one before holds', { error: messageOf(error) });
    }
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  return {
    guard() {
      const renewedAtMs = statSync(statePath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (Date.now() - renewedAtMs > STALE_MS) return null;
      const bytes = disk.read(statePath);
      const parsed = bytes ? guardStateSchema.safeParse(JSON.parse(bytes.toString('utf8'))) : null;
      return parsed?.success ? parsed.data : null;
    },
    stop: async () => clearInterval(timer),
  };
}

function render(committed: AvailabilityOptions['committed']): string | null {
  const [policy, ha] = [committed('policy')?.read(), committed('ha')?.read()];
  if (!policy) return null;
  const plan = planOf({
    policy: appliancePolicySchema.parse(JSON.parse(policy.toString('utf8'))),
    ha: ha ? applianceHaSchema.parse(JSON.parse(ha.toString('utf8'))) : null,
    hasPacketEngine: committed('network') !== null,
  });
  return JSON.stringify(plan);
}
