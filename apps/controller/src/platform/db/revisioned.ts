import { AppError } from '@phalanx/kit';
import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';

interface Revisioned extends ObjectLiteral {
  id: string;
  revision: number;
}

/** Throws `conflict` when the row is not at the revision that the caller has read. */
export function assertRevision(row: { readonly revision: number }, expected: number): void {
  if (row.revision === expected) return;
  throw new AppError('conflict', 'http.precondition-failed', 'somebody else has changed this meanwhile; read it again', {
    details: { revision: row.revision, expected },
  });
}

/**
 * The row of an id, locked until the transaction ends. Throws `not-found` with the given code, alike for a row that isn't there
 * and one that the scope hides, and `conflict` for another revision than expected.
 */
export async function lockRevision<Row extends Revisioned>(
  em: EntityManager,
  entity: EntityTarget<Row>,
  id: string,
  expected: number,
  missing: () => AppError,
): Promise<Row> {
  const row = await em.findOne(entity, { where: { id } as FindOptionsWhere<Row>, lock: { mode: 'pessimistic_write' } });
  if (!row) throw missing();
  assertRevision(row, expected);
  return row;
}
