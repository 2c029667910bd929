/**
 * Reconcile: brings the box to its desired state and says what really runs.
 *
 * Owns `home.state`, the engine's `active/` and `staged/` folders, the messages `down/desired` and `up/reported`. Repeats presence
 * (`up/presence`) to prove that the controller is in reach.
 *
 * - Signed by a key of the grant, for this box, with a pair above the journal's: anything else is refused and told.
 * - validate, snapshot, apply, verify, commit; or go back and say why.
 * - Facets are in groups with transactions of their own: the engine's two switch together; every other facet is a driver's (`FacetDriver`).
 * - Without trusted time the box keeps what runs and takes nothing new.
 *
 * `health` takes `reportedState()` into each heartbeat.
 */
import {
  type DesiredState,
  DRIVER_FACETS,
  type EngineStatus,
  type Facet,
  type Heartbeat,
  type Presence,
  type ReportedState,
} from '@phalanx/contracts';
import { AppError, type BackoffOptions, sleep } from '@phalanx/kit';
import type { ControllerLink } from '../../platform/controller-link.js';
import { monotonicMs } from '../../platform/box-identity.js';
import { type FacetDriver, missingDriver } from '../../platform/facet-driver.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import type { ReleaseContent } from '../content/index.js';
import { readBoxRun } from './drivers/box-run.js';
import type { ReachProof } from './drivers/driver-executors.js';
import { DriverGroup } from './drivers/driver-group.js';
import { DriverJournal } from './drivers/driver-journal.js';
import { EngineFiles } from './engine-files.js';
import { EngineGroup } from './engine-group.js';
import type { GroupContext } from './facet-group.js';
import { Journal } from './journal.js';
import { probeListeners } from './probe.js';
import { ReconcileLoop } from './reconcile-loop.js';
import { Reconciler } from './reconciler.js';
import { Revisions } from './revisions.js';
import { TrustedTime } from './trusted-time.js';
import type { BoxIdentity } from './verify-desired.js';

export interface ReconcileOptions {
  readonly box: BoxIdentity;
  /** Public keys (SubjectPublicKeyInfo PEM) that may sign desired state, as the present grant has them. */
  readonly stateKeys: () => readonly string[];
  readonly content: ReleaseContent;
  /** Has the secrets with these ids in the engine's `secrets/`; rejects with `unavailable` when they can't be had now. */
  readonly ensureSecrets: (ids: readonly string[]) => Promise<void>;
  readonly now?: () => number;
  readonly probe?: (status: EngineStatus) => Promise<void>;
  /** How often files and workers are looked at. */
  readonly watchMs?: number;
  readonly retry?: BackoffOptions;
  /** How long all workers may take to show what was loaded. */
  readonly workersMs?: number;
  /** How long the controller may be out of reach after a change before the change is undone. */
  readonly linkMs?: number;
  /** After a turn that failed as a whole. */
  readonly troubleMs?: number;
  /** What makes the facets beyond the engine's true; one without a driver is reported as failed where it is wanted. */
  readonly drivers?: readonly FacetDriver[];
  /** How long a change may take to prove itself whose time to confirm passed while the agent was away. */
  readonly atOnceMs?: number;
  /** How often drivers read back what runs. */
  readonly observeMs?: number;
  /** Names this run of the box; the kernel's boot and network namespace unless given. */
  readonly boxRun?: string;
  /** The box's monotonic clock, milliseconds. */
  readonly monotonic?: () => number;
  /** The box's part in its pair. */
  readonly haStatus?: () => ReportedState['ha'];
  /** Told of each desired state that was accepted, before it is applied. */
  readonly onAccepted?: (state: DesiredState) => void;
}

export interface ReconcileFeature extends RunningFeature {
  /** What is desired, committed and really there now; each call has a greater revision. */
  reportedState(): Promise<ReportedState>;
  /** Has the controller told at once of what changed outside of reconcile. */
  publish(): void;
  /** The content of a facet that was applied and verified last, with its digest; null where there is none. */
  committed(facet: Facet): { readonly sha256: string; readonly read: () => Buffer | null } | null;
  /** Which facets beyond the engine's this box can make true. */
  capabilities(): Promise<Heartbeat['capabilities']>;
}

/** Starts the feature: goes on with what was interrupted, then follows what is announced. */
export function startReconcile(context: AgentContext, options: ReconcileOptions): ReconcileFeature {
  const { watchMs = 5_000, retry = { firstMs: 1_000, maxMs: 60_000 }, workersMs = 15_000, linkMs = 60_000, now = Date.now } = options;
  const { box, stateKeys, troubleMs = 5_000, observeMs = 10_000, atOnceMs = 3_000, drivers = [], monotonic = monotonicMs } = options;
  const { link, disk, home, logger, record } = context;
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const time = new TrustedTime(now);
  const journal = new Journal(disk, home.state);
  const content = time.watching(options.content);
  const reconciler = new Reconciler({
    journal,
    revisions: new Revisions(disk, home.state),
    time,
    haStatus: options.haStatus ?? (() => null),
  });
  const dropContent = () => reconciler.dropContent(content);
  const groupContext: GroupContext = {
    desired: () => reconciler.desired(),
    time,
    now,
    logger,
    record,
    retry,
    onChange: () => loop.publish(),
  };
  const engine = new EngineGroup(
    {
      box,
      journal,
      files: new EngineFiles(disk, home.engine),
      engine: context.engine,
      content,
      ensureSecrets: options.ensureSecrets,
      probe: options.probe ?? probeListeners,
      awaitController: () => awaitController(link, linkMs, signal),
      dropContent,
      workersMs,
      signal,
    },
    groupContext,
  );
  const boot = options.boxRun ?? readBoxRun();
  const driverGroups = DRIVER_FACETS.map((facet) => {
    const driver = drivers.find((candidate) => candidate.facet === facet) ?? missingDriver(facet);
    const driverJournal = new DriverJournal(disk, home.state, facet);
    const tools = {
      driver,
      journal: driverJournal,
      content,
      link: reachProof(link),
      boot,
      monotonicMs: monotonic,
      linkMs,
      atOnceMs,
      dropContent,
      signal,
    };
    return new DriverGroup(tools, groupContext, { observeMs });
  });
  reconciler.begin(engine, driverGroups);
  const groups = [engine, ...driverGroups];
  const { onAccepted } = options;
  const loop = new ReconcileLoop({
    reconciler,
    groups,
    link,
    logger,
    record,
    box,
    stateKeys,
    time,
    watchMs,
    troubleMs,
    signal,
    onAccepted,
  });
  return {
    reportedState: () => reconciler.report(),
    publish: () => loop.publish(),
    committed: (facet) => {
      const target = reconciler.committed(facet);
      return target && { sha256: target.sha256, read: () => content.read(target.sha256) };
    },
    capabilities: () => Promise.all(driverGroups.map((group) => group.capability())),
    async stop() {
      ending.abort(new AppError('unavailable', 'reconcile.stopped', 'the agent is stopping'));
      await loop.ended();
    },
  };
}

/** Presence is the smallest message there is, and to repeat it changes nothing. */
function reachProof(link: ControllerLink): ReachProof {
  return {
    isConnected: () => link.connectionId() !== null,
    prove: () => link.publish('presence', JSON.stringify({ connectionId: link.connectionId() ?? '', state: 'online' } satisfies Presence)),
    renew: () => link.renew(),
  };
}

/** A change that cuts the box off from its controller must not stay. */
async function awaitController(link: ControllerLink, limitMs: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (link.connectionId() === null) {
    if (Date.now() > deadline)
      throw new AppError('unavailable', 'reconcile.cut-off', `the controller was out of reach for ${limitMs} ms after the change`);
    await sleep(100, signal);
  }
}
