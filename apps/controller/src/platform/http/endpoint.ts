import type { Permission } from '@phalanx/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from './principal.js';

type Schema = z.ZodType | undefined;

/**
 * One route, declared whole: from this its input is parsed, its caller judged, its documentation made. A handler sees parsed input only.
 */
export interface EndpointSpec<Params extends Schema, Query extends Schema, Body extends Schema, Answer extends Schema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Full path, for example `/api/v1/tenants/:id`. */
  readonly path: string;
  readonly summary: string;
  /** What the caller needs; `public` for the few that need nothing, `session` for those that need to be signed in only. */
  readonly permission: Permission | 'public' | 'session';
  /** The permission must be held for all tenants (things that belong to the provider). */
  readonly provider?: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Shape of the answer; absent: 204 without a body. */
  readonly answer?: Answer;
  /** 200 unless said; 204 without an answer. */
  readonly status?: number;
  /** `If-Match: "<revision>"` is required, and handed on as `ifMatch`. */
  readonly ifMatch?: boolean;
  /** No transaction is opened around the handler: it opens its own (streams, sign-in). */
  readonly detached?: boolean;
  /** Most bytes of the body; 1 MiB unless said. */
  readonly bodyLimitBytes?: number;
  /** Content type of the answer when it is not JSON; the handler writes to `reply` itself. */
  readonly produces?: string;
}

type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

export interface EndpointInput<Params extends Schema = undefined, Query extends Schema = undefined, Body extends Schema = undefined> {
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Parsed<Body>;
  /** The caller. On a `public` endpoint reading it throws. */
  readonly principal: Principal;
  /** Revision that the caller expects; 0 on endpoints without `ifMatch`. */
  readonly ifMatch: number;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type InputOf<Spec> =
  Spec extends EndpointSpec<infer Params, infer Query, infer Body, infer _Answer> ? EndpointInput<Params, Query, Body> : never;

/** Identity function that fixes the types of a route's declaration. */
export function endpoint<
  Params extends Schema = undefined,
  Query extends Schema = undefined,
  Body extends Schema = undefined,
  Answer extends Schema = undefined,
>(spec: EndpointSpec<Params, Query, Body, Answer>): EndpointSpec<Params, Query, Body, Answer> {
  return spec;
}

export type AnyEndpoint = EndpointSpec<Schema, Schema, Schema, Schema>;
