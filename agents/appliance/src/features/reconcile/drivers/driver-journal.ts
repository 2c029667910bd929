import { join } from 'node:path';
import { type DriverFacet, releaseReferenceSchema, sha256Schema, stateOrderSchema } from '@phalanx/contracts';
import type { Disk } from '@phalanx/kit';
import { z } from 'zod';

/** What is done for one driver facet, in this order. Taking a facet away begins at `apply`. */
export const DRIVER_STEPS = ['verify-release', 'fetch', 'check', 'apply', 'verify', 'commit', 'clean'] as const;
export type DriverStep = (typeof DRIVER_STEPS)[number];

const recordSchema = z.strictObject({
  /** What was applied and verified last; null where nothing is. */
  committed: z
    .strictObject({
      target: releaseReferenceSchema,
      /** Digest that reading back must show. */
      expectedDigest: sha256Schema.nullable(),
      /** The run of the box in which it was applied: kernels forget. */
      boot: z.string(),
    })
    .nullable(),
  /** The last desired state up to which what runs was found, or made, to be as committed. */
  settled: stateOrderSchema.nullable(),
  /** A change that was undone: it is not tried again before a newer desired state comes. `sha256` null: a taking away. */
  refused: z.strictObject({ order: stateOrderSchema, sha256: sha256Schema.nullable(), reason: z.string(), step: z.string() }).nullable(),
});
/** What a box must not forget of one driver facet. */
export type DriverRecord = z.infer<typeof recordSchema>;

const transactionSchema = z.strictObject({
  order: stateOrderSchema,
  /** Null: the facet is taken away. */
  target: releaseReferenceSchema.nullable(),
  /** What is gone back to. */
  before: releaseReferenceSchema.nullable(),
  /** The step that runs or is the next to run. */
  next: z.enum(DRIVER_STEPS),
  phase: z.enum(['forward', 'undo']),
  /** When applying began, by the box's monotonic clock (milliseconds); null before. */
  applied: z.strictObject({ boot: z.string(), atMs: z.number() }).nullable(),
  /** Digest that the driver promised; null before it did. */
  expectedDigest: sha256Schema.nullable(),
  /** Why it is undone. */
  failure: z.strictObject({ reason: z.string(), step: z.enum(DRIVER_STEPS), isTransient: z.boolean() }).nullable(),
});
/** One change of a driver facet under way, as it is journaled. */
export type DriverTransaction = z.infer<typeof transactionSchema>;

/** The journal of one driver facet: two files under `home.state`, each written durably before it is acted on. */
export class DriverJournal {
  private readonly files: { readonly record: string; readonly transaction: string };
  private known: DriverRecord;

  constructor(
    private readonly disk: Disk,
    folder: string,
    facet: DriverFacet,
  ) {
    disk.makeFolder(folder);
    this.files = { record: join(folder, `${facet}.json`), transaction: join(folder, `${facet}-transaction.json`) };
    this.known = this.read(this.files.record, recordSchema) ?? { committed: null, settled: null, refused: null };
  }

  record(): DriverRecord {
    return this.known;
  }

  update(changes: Partial<DriverRecord>): void {
    const next = { ...this.known, ...changes };
    if (JSON.stringify(next) === JSON.stringify(this.known)) return;
    this.disk.replace(this.files.record, JSON.stringify(next));
    this.known = next;
  }

  readTransaction(): DriverTransaction | null {
    return this.read(this.files.transaction, transactionSchema);
  }

  writeTransaction(transaction: DriverTransaction): void {
    this.disk.replace(this.files.transaction, JSON.stringify(transaction));
  }

  endTransaction(): void {
    this.disk.remove(this.files.transaction);
  }

  private read<T>(path: string, schema: z.ZodType<T>): T | null {
    const bytes = this.disk.read(path);
    return bytes ? schema.parse(JSON.parse(bytes.toString('utf8'))) : null;
  }
}

/** Whether a change has come to a step, or is past it. */
export function hasReached({ next }: DriverTransaction, step: DriverStep): boolean {
  return DRIVER_STEPS.indexOf(next) >= DRIVER_STEPS.indexOf(step);
}
