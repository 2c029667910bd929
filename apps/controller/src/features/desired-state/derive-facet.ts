import { DRIVER_FACETS, ENGINE_FACETS, type EngineFacet } from '@phalanx/contracts';
import type { Facet, FacetReport, ReleaseReference, ReportedState, SyncState, WorkerState } from '@phalanx/contracts';

/** What the controller holds true of one facet, from what was wanted and what the box reports. */
export interface DerivedFacet {
  readonly state: 'absent' | 'pending' | 'applied' | 'failed' | 'drifted';
  /** What verifiably runs: the reported release, if every worker and the files on disk show it. */
  readonly running: ReleaseReference | null;
  readonly reason: string | null;
}

const DIGEST_OF = {
  policy: (worker: WorkerState) => worker.policyDigest,
  signatures: (worker: WorkerState) => worker.rulesetDigest,
} as const satisfies Record<EngineFacet, (worker: WorkerState) => string | null>;

const short = (digest: string | null) => (digest ? digest.slice(0, 12) : 'none');

interface Doubt {
  readonly state: 'pending' | 'failed' | 'drifted';
  readonly reason: string;
}

/** Why the workers don't all run what the box says that it committed, or null when each of them does. */
function doubtOfWorkers(facet: EngineFacet, report: FacetReport, { workersWanted, workers }: ReportedState): Doubt | null {
  if (workersWanted === 0) return { state: 'pending', reason: 'the engine has no worker' };
  for (const worker of workers) {
    const name = `worker ${worker.index}`;
    if (worker.state === 'starting') return { state: 'pending', reason: `${name} is starting` };
    if (worker.state !== 'serving')
      return { state: 'failed', reason: `${name} is ${worker.state}${worker.reason ? `: ${worker.reason}` : ''}` };
    const digest = DIGEST_OF[facet](worker);
    if (digest !== report.expectedDigest)
      return { state: 'drifted', reason: `${name} runs ${short(digest)} where ${short(report.expectedDigest)} was committed` };
  }
  const present = new Set(workers.map((worker) => worker.index)).size;
  if (present !== workersWanted) return { state: 'failed', reason: `${present} of ${workersWanted} workers answer` };
  return null;
}

function doubtOfRunning(facet: Facet, report: FacetReport, reported: ReportedState): Doubt | null {
  if (report.expectedDigest === null) return { state: 'pending', reason: 'the box does not say which digest its workers must show' };
  const engineFacet = ENGINE_FACETS.find((candidate) => candidate === facet);
  const ofWorkers = engineFacet ? doubtOfWorkers(engineFacet, report, reported) : null;
  if (ofWorkers) return ofWorkers;
  if (report.renderedDigest !== report.expectedDigest)
    return {
      state: 'drifted',
      reason: `${engineFacet ? 'the file on disk' : 'what was read back'} (${short(report.renderedDigest)}) is not what was committed`,
    };
  return null;
}

const isTakenAway = (facet: Facet) => DRIVER_FACETS.some((candidate) => candidate === facet);

/**
 * `applied` holds only where the box says so of exactly the desired release, every wanted worker shows the expected digest from its own
 * memory (or what was read back from the box is what it promised), and the files on disk are those. Everything else has a reason in words.
 */
export function deriveFacet(facet: Facet, desired: ReleaseReference | null, reported: ReportedState): DerivedFacet {
  const report = reported.facets.find((candidate) => candidate.facet === facet);
  if (!report?.target) {
    if (!desired) return { state: 'absent', running: null, reason: null };
    if (report?.state === 'failed') return { state: 'failed', running: null, reason: report.reason ?? 'the box could not apply it' };
    return { state: 'pending', running: null, reason: report?.reason ?? untrustedTime(reported) ?? 'the box has not applied any yet' };
  }
  const doubt = doubtOfRunning(facet, report, reported);
  const running = doubt ? null : report.target;
  if (report.state === 'drifted')
    return { state: 'drifted', running: null, reason: report.reason ?? doubt?.reason ?? 'what runs is not what was applied' };
  if (!desired && !isTakenAway(facet)) return { state: 'absent', running, reason: null };
  if (!desired && report.state !== 'failed') return { state: 'pending', running, reason: 'the box has not taken it away yet' };
  if (report.state === 'failed') return { state: 'failed', running, reason: report.reason ?? 'the box could not apply it' };
  if (desired && report.target.sha256 !== desired.sha256) {
    const reason = report.reason ?? untrustedTime(reported) ?? `the box runs version ${report.target.version}, not yet ${desired.version}`;
    return { state: 'pending', running, reason };
  }
  if (doubt) return { state: doubt.state, running, reason: doubt.reason };
  if (report.state !== 'applied') return { state: 'pending', running, reason: report.reason ?? `the box reports ${report.state}` };
  return { state: 'applied', running, reason: null };
}

function untrustedTime({ hasTrustedTime }: ReportedState): string | null {
  return hasTrustedTime ? null : 'the box has no clock that it can trust and takes nothing new';
}

interface JudgedFacet {
  readonly facet: Facet;
  readonly state: DerivedFacet['state'];
  readonly reason: string | null;
  readonly renderedDigest: string | null;
  readonly ignored: { readonly renderedDigest: string | null } | null;
}

/** Whether somebody said that exactly what was found is no matter. */
export function isIgnored({ state, renderedDigest, ignored }: Omit<JudgedFacet, 'facet' | 'reason'>): boolean {
  return state === 'drifted' && ignored !== null && ignored.renderedDigest === renderedDigest;
}

/** One word for the whole box, worst facet first. */
export function syncStateOf(all: readonly JudgedFacet[]): { state: SyncState; reason: string | null } {
  const facets = all.filter((facet) => !isIgnored(facet));
  for (const state of ['failed', 'drifted', 'pending'] as const) {
    const found = facets.find((facet) => facet.state === state);
    if (found) return { state, reason: `${found.facet}: ${found.reason ?? state}` };
  }
  if (all.every((facet) => facet.state === 'absent')) return { state: 'pending', reason: 'nothing is wanted of the box yet' };
  return { state: 'in-sync', reason: null };
}
