import { appliancePolicySchema, type EngineStatus, type EngineFacet, ENGINE_FACETS, type WorkerState } from '@phalanx/contracts';
import { AppError, sha256Hex, sleep } from '@phalanx/kit';
import type { EngineLink } from '../../platform/engine-link.js';
import type { ReleaseContent } from '../content/index.js';
import type { EngineFiles } from './engine-files.js';
import type { ExpectedDigests, Journal, Transaction } from './journal.js';
import type { Step, StepKind } from './steps.js';
import type { BoxIdentity } from './verify-desired.js';

/** What executors work with. */
export interface Tools {
  readonly box: BoxIdentity;
  readonly journal: Journal;
  readonly files: EngineFiles;
  readonly engine: EngineLink;
  readonly content: ReleaseContent;
  readonly ensureSecrets: (ids: readonly string[]) => Promise<void>;
  /** Rejects when one of the engine's listeners doesn't answer. */
  readonly probe: (status: EngineStatus) => Promise<void>;
  /** Resolves when the controller is in reach; rejects when it stays out of it for too long. */
  readonly awaitController: () => Promise<void>;
  /** Removes content that no facet needs any more. */
  readonly dropContent: () => void;
  readonly workersMs: number;
  readonly signal: AbortSignal;
}

type Progress = Partial<Pick<Transaction, 'expected' | 'snapshot'>>;
type Executor<K extends StepKind> = (
  step: Extract<Step, { kind: K }>,
  transaction: Transaction,
  tools: Tools,
) => Promise<Progress | void> | Progress | void;

/** What each kind of step does. A step without an executor doesn't compile. */
const EXECUTORS = {
  'verify-release': ({ target }, _, { content }) => content.verify(target),
  fetch: ({ target }, _, { content }) => content.fetch(target),
  snapshot: (_, transaction, tools) => takeSnapshot(transaction, tools),
  stage: (_, transaction, tools) => stageFiles(transaction, tools),
  secrets: async (_, __, { files, ensureSecrets }) => ensureSecrets(secretsIn(files.read('staged', 'policy'))),
  check: async (_, __, { engine }) => void (await engine.check('staged')),
  load: async (_, __, { engine }) => {
    const { policyDigest, rulesetDigest } = await engine.load('staged');
    return { expected: { policyDigest, rulesetDigest } };
  },
  verify: async (_, { expected }, tools) => {
    const status = await awaitWorkers(expected!, tools);
    await tools.probe(status);
    await tools.awaitController();
  },
  commit: (_, transaction, tools) => commitFiles(transaction, tools),
  clean: (_, __, { files, dropContent }) => {
    files.clearStaged();
    dropContent();
  },
} as const satisfies { readonly [K in StepKind]: Executor<K> };

/** Runs one step; answers what it adds to the journal. */
export async function execute(step: Step, transaction: Transaction, tools: Tools): Promise<Progress> {
  const executor = EXECUTORS[step.kind] as Executor<StepKind>;
  return (await executor(step, transaction, tools)) ?? {};
}

/** Keeps the blob that each changing file goes back to: the committed one, or what lies there if that is lost. */
function takeSnapshot({ targets }: Transaction, { journal, files, content }: Tools): Progress {
  const { facets } = journal.readCommitted();
  const snapshot: Partial<Record<EngineFacet, string | null>> = {};
  for (const { facet } of targets) {
    const committed = facets[facet];
    if (committed && content.read(committed.sha256)) {
      snapshot[facet] = committed.sha256;
      continue;
    }
    const present = files.read('active', facet);
    snapshot[facet] = present ? sha256Hex(present) : null;
    if (present) content.put({ sha256: sha256Hex(present), length: present.length }, present);
  }
  return { snapshot };
}

/** New releases for the facets that change, the committed ones for the rest. */
function stageFiles({ targets }: Transaction, { box, journal, files, content }: Tools): void {
  const { facets } = journal.readCommitted();
  for (const facet of ENGINE_FACETS) {
    const target = targets.find((candidate) => candidate.facet === facet)?.target ?? facets[facet];
    const bytes = target ? (content.read(target.sha256) ?? files.read('active', facet)) : null;
    if (target && (!bytes || sha256Hex(bytes) !== target.sha256))
      throw new AppError('unavailable', 'reconcile.content-lost', `the content of ${target.path} is not on the box`);
    if (facet === 'policy' && bytes) checkOwner(bytes, box);
    files.write('staged', facet, bytes);
  }
}

function checkOwner(bytes: Buffer, box: BoxIdentity): void {
  const { applianceId, tenantId } = parsePolicy(bytes);
  if (applianceId !== box.applianceId || tenantId !== box.tenantId)
    throw new AppError('forbidden', 'reconcile.other-box', 'the policy is that of another box');
}

function parsePolicy(bytes: Buffer) {
  const parsed = appliancePolicySchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('invalid', 'reconcile.bad-policy', `the policy is malformed at ${issue?.path.join('.')}: ${issue?.message}`);
}

function secretsIn(policy: Buffer | null): string[] {
  if (!policy) return [];
  const ids = parsePolicy(policy).applications.map((application) => application.settings.tls.certificateId);
  return [...new Set(ids.filter((id) => id !== null))];
}

const POLL_MS = 25;

/** Waits until all wanted workers serve what was loaded. Throws `invalid` with the worker's own reason when one fails. */
async function awaitWorkers(expected: ExpectedDigests, { engine, workersMs, signal }: Tools): Promise<EngineStatus> {
  const deadline = Date.now() + workersMs;
  for (let delayMs = POLL_MS; ; delayMs = Math.min(delayMs * 2, 500)) {
    const status = await engine.status();
    const objection = objectionOf(status, expected);
    if (!objection) return status;
    if (Date.now() > deadline) throw new AppError('invalid', 'reconcile.workers', objection);
    await sleep(delayMs, signal);
  }
}

/** Why not every worker runs what is expected, or null. */
export function objectionOf({ workers, workersWanted }: EngineStatus, expected: ExpectedDigests): string | null {
  const shows = (worker: WorkerState) =>
    worker.state === 'serving' && worker.policyDigest === expected.policyDigest && worker.rulesetDigest === expected.rulesetDigest;
  const odd = workers.find((worker) => !shows(worker));
  if (odd) return `worker ${odd.index} is ${odd.state}${odd.reason ? `: ${odd.reason}` : ' and runs something else'}`;
  return workers.length === workersWanted ? null : `${workers.length} of ${workersWanted} workers answer`;
}

/** Both writes may be repeated; the journal's `commit` is taken up again until both stand. */
function commitFiles({ targets, expected, before }: Transaction, { journal, files, content }: Tools): void {
  for (const { facet, target } of targets) {
    const bytes = content.read(target.sha256);
    if (!bytes) throw new AppError('unavailable', 'reconcile.content-lost', `the content of ${target.path} is not on the box`);
    files.write('active', facet, bytes);
  }
  const changed = Object.fromEntries(targets.map(({ facet, target }) => [facet, target]));
  journal.writeCommitted({ facets: { ...before.facets, ...changed }, expected });
}
