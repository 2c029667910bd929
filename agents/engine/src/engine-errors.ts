import { AppError, messageOf, type ErrorKind } from '@phalanx/kit';

/** What the system says when there is no room or the disk fails: nothing is wrong with what was asked. */
const DISK_CODES = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE']);

/** Any error as an `AppError`: a failing disk is `unavailable`, what nobody foresaw is a `bug`. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (DISK_CODES.has(code))
    return new AppError('unavailable', 'engine.disk', `the disk does not take it: ${messageOf(error)}`, { cause: error });
  return new AppError('bug', 'engine.bug', messageOf(error), { cause: error });
}

/** An error in the form in which it goes from one process or thread to another. */
export interface CarriedError {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
}

export function carriedError(error: unknown): CarriedError {
  const { kind, code, message } = asAppError(error);
  return { kind, code, message };
}

/** The error that was carried; `context` stands before its message. */
export function arrivedError({ kind, code, message }: CarriedError, context = ''): AppError {
  return new AppError(kind, code, context + message);
}
