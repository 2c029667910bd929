import type { Problem } from '@phalanx/contracts';

/** `refused`: the controller answered with a problem. `unreachable`: no answer came. `timeout`: none came in time. */
export type ApiErrorKind = 'refused' | 'unreachable' | 'timeout';

/** Why a call to the controller gave no result. */
export class ApiError extends Error {
  constructor(
    readonly kind: ApiErrorKind,
    readonly problem: Problem | null,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** Seconds to wait, when the controller named them. */
    readonly retryAfterSeconds: number | null,
    options?: ErrorOptions,
  ) {
    super(problem?.detail ?? kind, options);
    this.name = 'ApiError';
  }

  /** Stable word of the problem, or the kind where there is no problem. */
  get code(): string {
    return this.problem?.code ?? `console.${this.kind}`;
  }

  /** Whether the same call may succeed if it is made again soon. */
  get isPassing(): boolean {
    return this.kind !== 'refused' || this.status === 503 || this.status === 502;
  }
}

/** Anything thrown, as an `ApiError`. A call that was given up on purpose stays what it is. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError') return new ApiError('timeout', null, 0, null, { cause: thrown });
  return new ApiError('unreachable', null, 0, null, { cause: thrown });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'requestId' in value;
}

/** The error of an answer that is no success. `text` is its body. */
export function errorOfAnswer(status: number, headers: Headers, text: string): ApiError {
  const problem = parseProblem(text);
  const retryAfter = Number(headers.get('retry-after') ?? problem?.details?.['retryAfterSeconds'] ?? Number.NaN);
  return new ApiError('refused', problem, status, Number.isFinite(retryAfter) ? retryAfter : null);
}

function parseProblem(text: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isProblem(parsed) ? parsed : null;
  } catch {
    // A proxy in between answered with a page of its own: the status alone must do.
    return null;
  }
}
