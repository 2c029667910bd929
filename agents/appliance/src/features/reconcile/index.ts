/**
 * Reconcile: brings the box to its desired state and says what really runs.
 *
 * Owns `home.state`, the engine's `active/` and `staged/` folders, the messages `down/desired` and `up/reported`.
 *
 * - Signed by a key of the grant, for this box, with a pair above the journal's: anything else is refused and told.
 * - validate, snapshot, apply, verify, commit; or go back and say why.
 * - Without trusted time the box keeps what runs and takes nothing new.
 *
 * `health` takes `reportedState()` into each heartbeat.
 */
import type { DesiredState, EngineStatus, ReportedState } from '@phalanx/contracts';
import { AppError, type BackoffOptions, sleep } from '@phalanx/kit';
import type { ControllerLink } from '../../platform/controller-link.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import type { ReleaseContent } from '../content/index.js';
import { EngineFiles } from './engine-files.js';
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
  /** Told of each desired state that was accepted, before it is applied. */
  readonly onAccepted?: (state: DesiredState) => void;
}

export interface ReconcileFeature extends RunningFeature {
  /** What is desired, committed and really there now; each call has a greater revision. */
  reportedState(): Promise<ReportedState>;
}

/** Starts the feature: goes on with what was interrupted, then follows what is announced. */
export function startReconcile(context: AgentContext, options: ReconcileOptions): ReconcileFeature {
  const { watchMs = 5_000, retry = { firstMs: 1_000, maxMs: 60_000 }, workersMs = 15_000, linkMs = 60_000, now = Date.now } = options;
  const { link, disk, home, logger, record } = context;
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const time = new TrustedTime(now);
  const reconciler = new Reconciler({
    tools: {
      box: options.box,
      journal: new Journal(disk, home.state),
      files: new EngineFiles(disk, home.engine),
      engine: context.engine,
      content: time.watching(options.content),
      ensureSecrets: options.ensureSecrets,
      probe: options.probe ?? probeListeners,
      awaitController: () => awaitController(link, linkMs, signal),
      workersMs,
      signal,
    },
    revisions: new Revisions(disk, home.state),
    time,
    now,
    logger,
    record,
    retry,
    onChange: () => loop.publish(),
  });
  const { box, stateKeys } = options;
  const loop = new ReconcileLoop({
    reconciler,
    link,
    logger,
    record,
    box,
    stateKeys,
    time,
    watchMs,
    signal,
    onAccepted: options.onAccepted,
  });
  return {
    reportedState: () => reconciler.report(),
    async stop() {
      ending.abort(new AppError('unavailable', 'reconcile.stopped', 'the agent is stopping'));
      await loop.ended();
    },
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
