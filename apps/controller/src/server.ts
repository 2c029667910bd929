import { randomUUID } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError, type Logger } from '@phalanx/kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { isConsolePage, serveConsole } from './platform/http/console-files.js';
import { useStrictJson } from './platform/http/json-body.js';
import { problemOf } from './platform/http/problem.filter.js';
import { declaredEndpoints } from './platform/http/route.js';
import { NestLog } from './platform/log/nest-log.js';
import type { Roles } from './platform/roles.js';

export interface ServerOptions {
  readonly roles: Roles;
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** Folder of the built console, or null for the API alone. */
  readonly consoleFolder: string | null;
}

const BODY_LIMIT_BYTES = 1_048_576;

/** The whole program, initialised but not listening yet. */
export async function createServer({ roles, environment, logger, consoleFolder }: ServerOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    // A connection that never sent a request must not hold up a stop.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    // Malformed HTTP is answered here, before any route.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void sendProblem(reply, error, request.id),
  });
  const fastify = adapter.getInstance();
  // Nest would set a handler of its own for unknown addresses; Fastify takes one only, which is ours below.
  adapter.setNotFoundHandler = () => fastify;
  useStrictJson(fastify as never);
  await fastify.register(fastifyCookie as never);
  if (consoleFolder) await serveConsole(fastify as never, consoleFolder);
  fastify.addHook('onRoute', (route) => {
    const limit = declaredEndpoints.find((spec) => spec.path === route.url && spec.method === route.method)?.bodyLimitBytes;
    if (limit) route.bodyLimit = limit;
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(roles, environment, logger), adapter, {
    logger: new NestLog(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.enableShutdownHooks([]);
  await app.init();
  fastify.setNotFoundHandler((request, reply) => {
    if (consoleFolder && isConsolePage(request.method, request.url, request.headers.accept)) {
      return (reply as unknown as FastifyReply).header('cache-control', 'no-cache').sendFile('index.html');
    }
    return sendProblem(
      reply as unknown as FastifyReply,
      new AppError('not-found', 'http.no-route', 'there is nothing at this address'),
      request.id,
    );
  });
  return app;
}

function sendProblem(reply: FastifyReply, error: unknown, requestId: string): FastifyReply {
  const { status, problem } = problemOf(error, requestId);
  return reply
    .status(status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}
