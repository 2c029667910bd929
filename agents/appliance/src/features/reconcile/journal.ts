import { join } from 'node:path';
import {
  type EngineFacet,
  releaseReferenceSchema,
  signedDesiredStateSchema,
  type SignedDesiredState,
  type StateOrder,
} from '@phalanx/contracts';
import { engineFacetSchema, sha256Schema, stateOrderSchema } from '@phalanx/contracts';
import type { Disk } from '@phalanx/kit';
import { z } from 'zod';
import type { Step, StepKind } from './steps.js';

const digestsSchema = z.strictObject({ policyDigest: sha256Schema, rulesetDigest: sha256Schema.nullable() });
/** Digests that every worker must show. */
export type ExpectedDigests = z.infer<typeof digestsSchema>;

const committedSchema = z.strictObject({
  facets: z.partialRecord(engineFacetSchema, releaseReferenceSchema),
  /** Null before the first commit. */
  expected: digestsSchema.nullable(),
});
/** What was applied and verified last. */
export type Committed = z.infer<typeof committedSchema>;

const targetSchema = { facet: engineFacetSchema, target: releaseReferenceSchema };
const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('verify-release'), ...targetSchema }),
  z.strictObject({ kind: z.literal('fetch'), ...targetSchema }),
  ...(['snapshot', 'stage', 'secrets', 'check', 'load', 'verify', 'commit', 'clean'] as const).map((kind) =>
    z.strictObject({ kind: z.literal(kind) }),
  ),
]) as z.ZodType<Step>;

const transactionSchema = z.strictObject({
  order: stateOrderSchema,
  targets: z.array(z.strictObject(targetSchema)).min(1),
  steps: z.array(stepSchema),
  /** The step that runs or is the next to run. */
  next: z.int().min(0),
  phase: z.enum(['forward', 'undo']),
  /** What was committed before, to go back to. */
  before: committedSchema,
  /** Digests that the engine promised when it loaded; null before. */
  expected: digestsSchema.nullable(),
  /** Digests of the blobs that a facet's active file is put back to; null: there was no file. */
  snapshot: z.partialRecord(engineFacetSchema, sha256Schema.nullable()),
  /** Why it is undone. */
  failure: z.strictObject({ reason: z.string(), step: z.string(), isTransient: z.boolean() }).nullable(),
});
/** One change under way, as it is journaled. */
export type Transaction = z.infer<typeof transactionSchema>;

/**
 * What the box must not forget, each in a file of its own under `home.state`: the desired state that was accepted last, and of the engine's
 * facets what is committed, up to which desired state drift was looked after, and the change under way. Everything is written durably before
 * it is acted on. The other facets have journals of their own (`DriverJournal`).
 */
export class Journal {
  private readonly files: Readonly<Record<'desired' | 'committed' | 'settled' | 'transaction', string>>;

  constructor(
    private readonly disk: Disk,
    folder: string,
  ) {
    disk.makeFolder(folder);
    this.files = {
      desired: join(folder, 'desired.json'),
      committed: join(folder, 'committed.json'),
      settled: join(folder, 'settled.json'),
      transaction: join(folder, 'transaction.json'),
    };
  }

  readDesired(): SignedDesiredState | null {
    return this.read(this.files.desired, signedDesiredStateSchema);
  }

  writeDesired(document: SignedDesiredState): void {
    this.write(this.files.desired, document);
  }

  readCommitted(): Committed {
    return this.read(this.files.committed, committedSchema) ?? { facets: {}, expected: null };
  }

  writeCommitted(committed: Committed): void {
    this.write(this.files.committed, committed);
  }

  /** The last desired state up to which the committed facets were found, or made, to be as committed. Null before the first. */
  readSettled(): StateOrder | null {
    return this.read(this.files.settled, stateOrderSchema);
  }

  writeSettled(order: StateOrder): void {
    this.write(this.files.settled, order);
  }

  readTransaction(): Transaction | null {
    return this.read(this.files.transaction, transactionSchema);
  }

  writeTransaction(transaction: Transaction): void {
    this.write(this.files.transaction, transaction);
  }

  endTransaction(): void {
    this.disk.remove(this.files.transaction);
  }

  private read<T>(path: string, schema: z.ZodType<T>): T | null {
    const bytes = this.disk.read(path);
    return bytes ? schema.parse(JSON.parse(bytes.toString('utf8'))) : null;
  }

  private write(path: string, value: unknown): void {
    this.disk.replace(path, JSON.stringify(value));
  }
}

/** Index of the first step of a kind. */
export function indexOfStep(transaction: Transaction, kind: StepKind): number {
  return transaction.steps.findIndex((step) => step.kind === kind);
}

/** The committed releases by facet. */
export function committedReleases({ facets }: Committed) {
  return new Map(Object.entries(facets).flatMap(([facet, target]) => (target ? [[facet as EngineFacet, target] as const] : [])));
}
