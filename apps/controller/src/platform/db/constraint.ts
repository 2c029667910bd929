import type { AppError } from '@phalanx/kit';
import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

type Explain = (cause: unknown) => AppError;

/** Runs a write. A unique or foreign key that it breaks becomes the error given under the constraint's name; all else passes unchanged. */
export async function explainConstraints<T>(errors: Readonly<Record<string, Explain>>, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, constraint = '' } = stateOf(error);
    const explain = code === UNIQUE_VIOLATION || code === FOREIGN_KEY_VIOLATION ? errors[constraint] : undefined;
    throw explain ? explain(error) : error;
  }
}

/** Runs a removal. Any row that still hangs below what is removed makes it the given error. */
export async function refuseWhileReferenced<T>(explain: Explain, remove: () => Promise<T>): Promise<T> {
  try {
    return await remove();
  } catch (error) {
    throw stateOf(error).code === FOREIGN_KEY_VIOLATION ? explain(error) : error;
  }
}

function stateOf(error: unknown): { readonly code?: string; readonly constraint?: string } {
  return error instanceof QueryFailedError ? (error.driverError as { code?: string; constraint?: string }) : {};
}
