import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Database } from '../db/database.js';
import { NO_TENANT, type TenantScope } from '../db/tenant-scope.js';
import type { AnyEndpoint } from './endpoint.js';
import { IdempotencyStore } from './idempotency.repository.js';
import { assertStorable, parseInput } from './parse-input.js';
import { Authenticator, type Principal } from './principal.js';
import { requestContext } from './request-context.js';
import { ENDPOINT, setInput } from './route.js';

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * What stands before every handler, in this order: the endpoint's declaration must exist; the caller is authenticated; a change
 * by cookie must carry the CSRF token; the permission decides the tenants in scope (none: 403); input is parsed; then the handler
 * runs in one transaction with that scope, together with its idempotency record.
 */
@Injectable()
export class EndpointInterceptor implements NestInterceptor {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly database: Database,
    private readonly idempotency: IdempotencyStore,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const spec = Reflect.getMetadata(ENDPOINT, context.getHandler()) as AnyEndpoint | undefined;
    if (!spec)
      throw new AppError(
        'bug',
        'http.undeclared-route',
        `the route ${context.getClass().name}.${context.getHandler().name} declares nothing`,
      );
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const principal = spec.permission === 'public' ? null : await this.admit(spec, request);
    const scope = principal ? scopeOf(spec, principal) : NO_TENANT;
    setInput(request, parseAll(spec, request, reply, principal));

    const handle = () => lastValueFrom(next.handle(), { defaultValue: undefined }) as Promise<unknown>;
    const answer = await requestContext.run({ requestId: request.id, principal }, async () => {
      if (spec.detached) return handle();
      return this.database.run(scope, async () => {
        if (spec.method !== 'POST' || !principal) return handle();
        return this.idempotency.once({ request, reply, principal }, handle);
      });
    });
    decorate(reply, answer);
    return from([answer]);
  }

  private async admit(spec: AnyEndpoint, request: FastifyRequest): Promise<Principal> {
    const principal = await this.authenticator.authenticate(request);
    if (!principal) throw new AppError('unauthenticated', 'access.not-signed-in', 'sign in, or send an API token');
    if (principal.csrfToken !== null && CHANGES.has(spec.method) && request.headers['x-csrf-token'] !== principal.csrfToken) {
      throw new AppError('forbidden', 'access.csrf', 'the X-CSRF-Token header is missing or not the session’s');
    }
    return principal;
  }
}

function scopeOf(spec: AnyEndpoint, principal: Principal): TenantScope {
  if (spec.permission === 'session' || spec.permission === 'public') return NO_TENANT;
  const tenantIds = principal.tenantsOf.get(spec.permission) ?? [];
  const provider = principal.providerWide.has(spec.permission);
  if (spec.provider ? !provider : tenantIds.length === 0 && !provider) {
    throw new AppError(
      'forbidden',
      'access.permission-missing',
      `this needs the permission ${spec.permission}${spec.provider ? ' for all tenants' : ''}`,
      {
        details: { permission: spec.permission },
      },
    );
  }
  return { tenantIds, provider };
}

function parseAll(spec: AnyEndpoint, request: FastifyRequest, reply: FastifyReply, principal: Principal | null): object {
  for (const value of Object.values((request.params ?? {}) as Record<string, string>)) assertStorable(value);
  for (const value of Object.values((request.query ?? {}) as Record<string, string | string[]>)) [value].flat().forEach(assertStorable);
  return {
    params: spec.params ? parseInput(spec.params, request.params, 'path') : undefined,
    query: spec.query ? parseInput(spec.query, request.query, 'query') : undefined,
    body: spec.body ? parseInput(spec.body, request.body, 'body') : undefined,
    ifMatch: spec.ifMatch ? parseIfMatch(request.headers['if-match']) : 0,
    get principal() {
      if (!principal) throw new AppError('bug', 'http.no-principal', 'a public endpoint asked for its caller');
      return principal;
    },
    request,
    reply,
  };
}

function parseIfMatch(header: string | undefined): number {
  if (header === undefined) throw new AppError('invalid', 'http.precondition-required', 'send If-Match with the revision that you change');
  const match = /^"(\d{1,9})"$/.exec(header);
  if (!match) throw new AppError('invalid', 'http.invalid-header', 'If-Match must be a quoted revision, for example "3"');
  return Number(match[1]);
}

/** A single resource's revision is its entity tag. */
function decorate(reply: FastifyReply, answer: unknown): void {
  if (reply.sent) return;
  void reply.header('cache-control', 'no-store');
  if (typeof answer === 'object' && answer !== null && 'revision' in answer && typeof answer.revision === 'number')
    void reply.header('etag', `"${answer.revision}"`);
}
