import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Problem } from '@phalanx/contracts';
import { AppError, type ErrorKind, type Logger } from '@phalanx/kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
  bug: 500,
} as const satisfies Record<ErrorKind, number>;

/** Codes whose status says more than their kind's. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'http.precondition-failed': 412,
  'http.precondition-required': 428,
  'http.body-too-large': 413,
  'http.media-type': 415,
  'http.idempotency-key-reused': 422,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  409: 'In conflict with what is there',
  412: 'Changed by somebody else',
  413: 'Too large',
  415: 'Content type not supported',
  422: 'Cannot be processed',
  428: 'State the version that you change',
  429: 'Too many requests',
  500: 'Our fault',
  503: 'Not available now',
};

/** Fastify's and Nest's own errors, in our terms. Whatever they call a client's error stays one. */
function fromFramework(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = error instanceof HttpException ? error.getStatus() : ((error as { statusCode?: number }).statusCode ?? 500);
  if (status === 404) return new AppError('not-found', 'http.no-route', 'there is nothing at this address');
  if (status === 413) return new AppError('invalid', 'http.body-too-large', 'the body is larger than this route takes');
  if (status === 415) return new AppError('invalid', 'http.media-type', 'send the body as application/json');
  if (status === 429) return new AppError('limit', 'http.too-many', 'too many requests; wait and try again');
  if (status >= 400 && status < 500)
    return new AppError('invalid', 'http.malformed', error instanceof Error ? error.message : 'the request is malformed');
  return new AppError('bug', 'http.internal', 'something went wrong on our side', { cause: error });
}

/** The answer to a thrown error. A bug's own text stays in the log. */
export function problemOf(error: unknown, requestId: string): { status: number; problem: Problem; error: AppError } {
  const appError = fromFramework(error);
  const status = STATUS_OF_CODE[appError.code] ?? STATUS[appError.kind];
  const { issues, ...details } = appError.details as { issues?: Problem['issues'] };
  const problem: Problem = {
    type: `urn:phalanx:error:${appError.code}`,
    title: TITLES[status] ?? 'The request failed',
    status,
    detail: appError.kind === 'bug' ? `something went wrong on our side; name request ${requestId} when you report it` : appError.message,
    code: appError.code,
    requestId,
    ...(issues ? { issues } : {}),
    ...(Object.keys(details).length > 0 && appError.kind !== 'bug' ? { details } : {}),
  };
  return { status, problem, error: appError };
}

/** Sends every error as `application/problem+json`. @see RFC 9457 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, problem, error } = problemOf(thrown, request.id);
    if (error.kind === 'bug')
      this.logger.error('request failed by our fault', {
        requestId: request.id,
        url: request.url.split('?')[0],
        err: error.cause ?? error,
      });
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    const retryAfterSeconds = error.details['retryAfterSeconds'];
    if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', String(retryAfterSeconds));
    void reply
      .status(status)
      .header('content-type', 'application/problem+json')
      .header('cache-control', 'no-store')
      .send(Buffer.from(JSON.stringify(problem)));
  }
}
