import { type EngineFacet, ENGINE_FACETS, type WorkerState } from '@phalanx/contracts';
import { messageOf } from '@phalanx/kit';
import type { EngineLink } from '../../platform/engine-link.js';
import type { EngineFiles } from './engine-files.js';
import { type Committed, committedReleases, type ExpectedDigests } from './journal.js';

/** What was seen of one facet. */
interface FacetObservation {
  readonly expectedDigest: string | null;
  readonly renderedDigest: string | null;
  /** Why what runs or lies on disk isn't what was committed, or null. */
  readonly drift: string | null;
}

/** What really lies on disk and runs, looked at now. */
export interface Observation {
  readonly facets: Readonly<Record<EngineFacet, FacetObservation>>;
  readonly workersWanted: number;
  readonly workers: readonly WorkerState[];
  readonly engineProblem: string | null;
  /** Files are as committed, but a worker that serves shows something else: loading them again would heal it. */
  readonly isHealable: boolean;
}

const EXPECTED_OF = {
  policy: (expected: ExpectedDigests) => expected.policyDigest,
  signatures: (expected: ExpectedDigests) => expected.rulesetDigest,
} as const satisfies Record<EngineFacet, (expected: ExpectedDigests) => string | null>;

const SHOWN_BY = {
  policy: (worker: WorkerState) => worker.policyDigest,
  signatures: (worker: WorkerState) => worker.rulesetDigest,
} as const satisfies Record<EngineFacet, (worker: WorkerState) => string | null>;

interface Seen {
  readonly workersWanted: number;
  readonly workers: readonly WorkerState[];
  readonly engineProblem: string | null;
}

/** Looks at files and workers. `lastWanted` is the number of workers to miss while the engine doesn't answer. */
export async function observe(committed: Committed, files: EngineFiles, engine: EngineLink, lastWanted: number): Promise<Observation> {
  const seen = await look(engine, lastWanted);
  const entries = ENGINE_FACETS.map((facet) => [facet, observeFacet(facet, committed, files, seen.workers)] as const);
  const facets = Object.fromEntries(entries) as Record<EngineFacet, FacetObservation>;
  const areFilesRight = ENGINE_FACETS.every(
    (facet) => facets[facet].renderedDigest === facets[facet].expectedDigest || !committed.facets[facet],
  );
  const isOdd = seen.workers.some(
    (worker) => worker.state !== 'starting' && ENGINE_FACETS.some((facet) => shows(worker, facet, committed) === false),
  );
  return { ...seen, facets, isHealable: committed.expected !== null && areFilesRight && isOdd };
}

async function look(engine: EngineLink, lastWanted: number): Promise<Seen> {
  try {
    const { workersWanted, workers } = await engine.status();
    return { workersWanted, workers, engineProblem: null };
  } catch (error) {
    return { workersWanted: lastWanted, workers: [], engineProblem: messageOf(error) };
  }
}

function observeFacet(facet: EngineFacet, committed: Committed, files: EngineFiles, workers: readonly WorkerState[]): FacetObservation {
  const target = committedReleases(committed).get(facet);
  const expectedDigest = target && committed.expected ? EXPECTED_OF[facet](committed.expected) : null;
  const onDisk = files.digest('active', facet);
  // The digest that the workers show is not that of the file: a file that is as committed stands for it.
  const renderedDigest = target && onDisk === target.sha256 ? expectedDigest : onDisk;
  return { expectedDigest, renderedDigest, drift: target ? driftOf(facet, committed, target.sha256, onDisk, workers) : null };
}

function driftOf(
  facet: EngineFacet,
  committed: Committed,
  sha256: string,
  onDisk: string | null,
  workers: readonly WorkerState[],
): string | null {
  if (onDisk === null) return `the file of ${facet} is gone from active/`;
  if (onDisk !== sha256)
    return `the file of ${facet} in active/ was changed: ${onDisk.slice(0, 12)} where ${sha256.slice(0, 12)} was committed`;
  const odd = workers.find((worker) => worker.state === 'serving' && shows(worker, facet, committed) === false);
  return odd ? `worker ${odd.index} runs another ${facet} (${(SHOWN_BY[facet](odd) ?? 'none').slice(0, 12)})` : null;
}

/** Null where there is nothing to show. */
function shows(worker: WorkerState, facet: EngineFacet, { facets, expected }: Committed): boolean | null {
  return facets[facet] && expected ? SHOWN_BY[facet](worker) === EXPECTED_OF[facet](expected) : null;
}
