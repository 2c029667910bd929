import type { ReleaseReference } from '@phalanx/contracts';
import { AppError, messageOf, sleep, withDeadline } from '@phalanx/kit';
import type { FacetDriver } from '../../../platform/facet-driver.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import type { ReleaseContent } from '../../content/index.js';
import type { DriverJournal, DriverStep, DriverTransaction } from './driver-journal.js';

/** What the steps of a driver facet work with. */
export interface DriverTools {
  readonly driver: FacetDriver;
  readonly journal: DriverJournal;
  readonly content: ReleaseContent;
  readonly link: ReachProof;
  /** This run of the box: what was applied in another one is forgotten by the kernel. */
  readonly boot: string;
  /** The box's monotonic clock, milliseconds. */
  readonly monotonicMs: () => number;
  /** How long the controller may be out of reach after a change by a driver that says nothing else. */
  readonly linkMs: number;
  /** How long what was applied may take to prove itself where the time to confirm is over already: the box was restarted, or the agent away. */
  readonly atOnceMs: number;
  /** Removes content that no facet needs any more. */
  readonly dropContent: () => void;
  readonly signal: AbortSignal;
}

/** How it is known that the controller is in reach. */
export interface ReachProof {
  isConnected(): boolean;
  /** Resolves when the controller's broker has taken a message that was sent just now. */
  prove(): Promise<void>;
  /** Gives up the present connection for a new one: after a change of the network the old one may hang. */
  renew(): void;
}

/** A driver's own calls have deadlines; this one only keeps a broken driver from stopping its facet for ever. */
const DRIVER_MS = 120_000;
const PROOF_MS = 3_000;
const POLL_MS = 50;

type Progress = Partial<Pick<DriverTransaction, 'expectedDigest'>>;
type Executor = (transaction: DriverTransaction, tools: DriverTools) => Promise<Progress | void> | Progress | void;

/** What each kind of step does. A step without an executor doesn't compile. */
const EXECUTORS = {
  'verify-release': ({ target }, { content }) => content.verify(target!),
  fetch: ({ target }, { content }) => content.fetch(target!),
  check: async ({ target }, tools) => {
    await bounded(tools, 'the check', tools.driver.check(contentOf(target!, tools)));
    // Whether a change cuts the box off can only be told where it wasn't cut off before.
    if (tools.driver.confirmMs && !tools.link.isConnected())
      throw new AppError('unavailable', 'reconcile.no-link', 'it waits until the controller is in reach, to be confirmed by it');
  },
  apply: ({ target, before }, tools) =>
    bounded(tools, 'applying', tools.driver.apply(target && contentOf(target, tools), before && tools.content.read(before.sha256))),
  verify: (transaction, tools) => confirm(transaction, tools),
  commit: ({ target, order, expectedDigest, applied }, { journal }) =>
    journal.update({ committed: target && { target, expectedDigest, boot: applied!.boot }, settled: order, refused: null }),
  clean: (_, { dropContent }) => dropContent(),
} as const satisfies { readonly [K in DriverStep]: Executor };

/** Runs one step; answers what it adds to the journal. */
export async function executeDriverStep(transaction: DriverTransaction, tools: DriverTools): Promise<Progress> {
  const executor: Executor = EXECUTORS[transaction.next];
  return (await executor(transaction, tools)) ?? {};
}

/** A driver's answer, or a rejection when it takes for ever or the agent stops. */
export function bounded<T>({ signal, driver }: Pick<DriverTools, 'signal' | 'driver'>, what: string, work: Promise<T>): Promise<T> {
  return withDeadline(DRIVER_MS, `${what} of ${driver.facet}`, () => untilAborted(signal, work));
}

/** Bytes of a release that is on the box. Throws `unavailable` where they were lost. */
export function contentOf({ sha256, path }: ReleaseReference, { content }: Pick<DriverTools, 'content'>): Buffer {
  const bytes = content.read(sha256);
  if (!bytes) throw new AppError('unavailable', 'reconcile.content-lost', `the content of ${path} is not on the box`);
  return bytes;
}

/** Milliseconds that are left to confirm; nothing is left after a restart of the box. */
function leftMs({ target, before, applied }: DriverTransaction, tools: DriverTools): number {
  if (applied?.boot !== tools.boot) return 0;
  const judged = target ?? before;
  const bytes = judged && tools.content.read(judged.sha256);
  const wholeMs = bytes ? (tools.driver.confirmMs?.(bytes) ?? tools.linkMs) : tools.linkMs;
  return Math.max(0, applied.atMs + wholeMs - tools.monotonicMs());
}

/** What was applied must be read back as promised, work, and leave the controller in reach, all within the time that is left. */
async function confirm(transaction: DriverTransaction, tools: DriverTools): Promise<void> {
  const { driver } = tools;
  const limitMs = leftMs(transaction, tools) || tools.atOnceMs;
  const deadline = tools.monotonicMs() + limitMs;
  const content = transaction.target && contentOf(transaction.target, tools);
  const within = <T>(what: string, work: Promise<T>) =>
    withDeadline(Math.max(1, deadline - tools.monotonicMs()), `${what} of ${driver.facet}`, () => untilAborted(tools.signal, work));
  const { digest, diff } = await within('reading back', driver.observe(content));
  if (digest !== transaction.expectedDigest) {
    const difference = diff ? `:\n${diff.slice(0, 1500)}` : '';
    throw new AppError('invalid', 'reconcile.not-as-applied', `what runs is not what was applied${difference}`);
  }
  if (content) await within('the verification', driver.verify(content));
  await awaitReach(tools, deadline, { isProofNeeded: driver.confirmMs !== undefined, limitMs });
}

/** Waits for the controller. A connection from before the change proves nothing: a message must be taken on it, or on a new one. */
async function awaitReach(
  { link, monotonicMs, signal }: DriverTools,
  deadline: number,
  { isProofNeeded, limitMs }: { readonly isProofNeeded: boolean; readonly limitMs: number },
): Promise<void> {
  let problem = 'there was no connection';
  do {
    if (link.isConnected()) {
      if (!isProofNeeded) return;
      try {
        const proofMs = Math.max(1, Math.min(PROOF_MS, deadline - monotonicMs()));
        return await withDeadline(proofMs, 'reaching the controller', () => untilAborted(signal, link.prove()));
      } catch (error) {
        signal.throwIfAborted();
        problem = messageOf(error);
        if (link.isConnected()) link.renew();
      }
    }
    await sleep(POLL_MS, signal);
  } while (monotonicMs() < deadline);
  throw new AppError(
    'invalid',
    'reconcile.cut-off',
    `the controller was out of reach for ${Math.round(limitMs)} ms after the change: ${problem}`,
  );
}
