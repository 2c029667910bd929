/** What went wrong, in the terms a caller can act on. Each translator (HTTP, MQTT, job) maps a kind to its own form. */
export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'limit' | 'unavailable' | 'bug';

export interface AppErrorOptions {
  /** Facts for the caller: safe to show, JSON only, never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error that services throw. `code` is a stable word of the form `feature.reason`, documented in docs/reference/errors.md;
 * `message` is one English sentence for a person.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.kind = kind;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The message of anything thrown, for logs and for `cause` texts. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
