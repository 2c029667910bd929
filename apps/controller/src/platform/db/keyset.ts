import { uuidSchema } from '@phalanx/contracts';
import { z } from 'zod';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { decodeCursor } from '../http/cursor.js';

const placeSchema = z.tuple([z.string().max(400), uuidSchema]);

/**
 * One page (and one row more, for `toPage`) of a list in the order of a text column and the id: stable while rows come and go.
 * `column` is the SQL name, with its alias.
 */
export async function pageByText<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  column: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Row[]> {
  const place = decodeCursor(cursor, placeSchema);
  const id = `${query.alias}.id`;
  if (place) query.andWhere(`(${column}, ${id}) > (:keysetText, :keysetId)`, { keysetText: place[0], keysetId: place[1] });
  return query
    .orderBy(column, 'ASC')
    .addOrderBy(id, 'ASC')
    .limit(limit + 1)
    .getMany();
}
