import { type EngineFacet, ENGINE_FACETS, type WorkerState } from '@phalanx/contracts';
import { messageOf } from '@phalanx/kit';
import type { EngineLink } from '../../platform/engine-link.js';
import { jsonLines, unifiedDiff } from '../../platform/unified-diff.js';
import type { Tools } from './executors.js';
import { type Committed, committedReleases, type ExpectedDigests } from './journal.js';

/** What was seen of one facet. */
interface FacetObservation {
  readonly expectedDigest: string | null;
  readonly renderedDigest: string | null;
  /** Why what runs or lies on disk isn't what was committed, or null. */
  readonly drift: string | null;
  /** Where the file differs from what was committed, line by line. */
  readonly diff: string | null;
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

type Sources = Pick<Tools, 'files' | 'engine' | 'content'>;

/** Looks at files and workers. `before` is what was seen last: the workers to miss while the engine doesn't answer, and diffs that still hold. */
export async function observe(committed: Committed, sources: Sources, before: Observation | null): Promise<Observation> {
  const seen = await look(sources.engine, before?.workersWanted ?? 0);
  const entries = ENGINE_FACETS.map(
    (facet) => [facet, observeFacet(facet, committed, sources, seen.workers, before?.facets[facet] ?? null)] as const,
  );
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

function observeFacet(
  facet: EngineFacet,
  committed: Committed,
  sources: Sources,
  workers: readonly WorkerState[],
  before: FacetObservation | null,
): FacetObservation {
  const target = committedReleases(committed).get(facet);
  const expectedDigest = target && committed.expected ? EXPECTED_OF[facet](committed.expected) : null;
  const onDisk = sources.files.digest('active', facet);
  // The digest that the workers show is not that of the file: a file that is as committed stands for it.
  const renderedDigest = target && onDisk === target.sha256 ? expectedDigest : onDisk;
  if (!target) return { expectedDigest, renderedDigest, drift: null, diff: null };
  const drift = driftOf(facet, committed, target.sha256, onDisk, workers);
  const isKnown = before !== null && before.expectedDigest === expectedDigest && before.renderedDigest === renderedDigest;
  const diff = onDisk === target.sha256 ? null : isKnown ? before.diff : diffOf(facet, target.sha256, sources);
  return { expectedDigest, renderedDigest, drift, diff };
}

function diffOf(facet: EngineFacet, sha256: string, { files, content }: Sources): string | null {
  const wanted = content.read(sha256);
  if (!wanted) return null;
  const found = files.read('active', facet);
  return unifiedDiff(jsonLines(wanted.toString('utf8')), found ? jsonLines(found.toString('utf8')) : []);
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
