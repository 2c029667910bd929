import { AppError } from '@phalanx/kit';
import { z } from 'zod';

/** An opaque place in a list: the sort values of the last row, as base64url JSON. */
function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Throws `invalid` for a cursor that is not from us, or from another list. `shape` names the values, for example `z.tuple([instantSchema, uuidSchema])`. */
export function decodeCursor<T extends z.ZodType>(cursor: string | undefined, shape: T): z.output<T> | null {
  if (cursor === undefined) return null;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('invalid', 'http.bad-cursor', 'the cursor is not one of this list', { cause });
  }
}

/** Cuts a page of `limit` out of `limit + 1` fetched rows. */
export function toPage<Row, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
  place: (row: Row) => readonly (string | number)[],
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), nextCursor: rows.length > limit && last ? encodeCursor(place(last)) : null };
}
