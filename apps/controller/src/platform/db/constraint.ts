import { AppError } from '@phalanx/kit';
import { QueryFailedError } from 'typeorm';

/** SQLSTATE classes that a caller's input can cause. */
const UNIQUE = '23505';
const FOREIGN_KEY = '23503';

/** What a broken constraint means to the caller: its name in the schema, with the error to answer. */
export type ConstraintErrors = Readonly<Record<string, { readonly code: string; readonly message: string }>>;

/** Runs a write and turns a broken unique or foreign key into `conflict` with the given code and sentence. All else passes unchanged. */
export async function explainConstraints<T>(errors: ConstraintErrors, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof QueryFailedError)) throw error;
    const { code, constraint } = error.driverError as { code?: string; constraint?: string };
    const known = (code === UNIQUE || code === FOREIGN_KEY) && constraint !== undefined ? errors[constraint] : undefined;
    if (!known) throw error;
    throw new AppError('conflict', known.code, known.message, { cause: error });
  }
}

/** Runs a removal. Any row that still hangs below what is removed makes it `conflict` with this code and sentence. */
export async function refuseWhileReferenced<T>(code: string, message: string, remove: () => Promise<T>): Promise<T> {
  try {
    return await remove();
  } catch (error) {
    if (error instanceof QueryFailedError && (error.driverError as { code?: string }).code === FOREIGN_KEY)
      throw new AppError('conflict', code, message, { cause: error });
    throw error;
  }
}
