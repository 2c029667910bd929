import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type EnrolmentGrant, enrolRequestSchema, renewRequestSchema } from '@phalanx/contracts';
import { AppError, type Logger, messageOf } from '@phalanx/kit';
import { joinPem } from '@phalanx/trust';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { parseInput, parseJsonBody } from '../../platform/http/parse-input.js';
import { problemOf } from '../../platform/http/problem.filter.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { Roles } from '../../platform/roles.js';
import { PkiService } from '../pki/index.js';
import { ControllerAddresses } from './controller-addresses.js';
import { EnrollingService } from './enrolling.service.js';
import { enrolmentConfig } from './enrolment.config.js';
import { RenewalsService } from './renewals.service.js';
import { SourceLimiter } from './source-limiter.js';

const BODY_LIMIT_BYTES = 32 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_LIMIT = 1_000;
const RENEWAL_CHECK_MS = 3_600_000;

type Handler = (body: unknown, source: string) => Promise<EnrolmentGrant>;

/**
 * The listener for boxes that the broker does not admit: HTTPS with a certificate of our own authority, apart from the API. It
 * serves `POST /enrol/v1/enrol` and `POST /enrol/v1/renew` and nothing else. Runs in processes with the role `ingress`.
 */
@Injectable()
export class EnrolmentEndpoint implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | null = null;
  private renewal: NodeJS.Timeout | null = null;
  private readonly requests: SourceLimiter;
  private readonly refusals: SourceLimiter;
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(
    enrolling: EnrollingService,
    renewals: RenewalsService,
    private readonly addresses: ControllerAddresses,
    private readonly pki: PkiService,
    private readonly roles: Roles,
    @Inject(enrolmentConfig.token) private readonly config: ConfigOf<typeof enrolmentConfig>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.requests = new SourceLimiter(config.PHALANX_ENROL_REQUESTS_PER_MINUTE);
    this.refusals = new SourceLimiter(config.PHALANX_ENROL_REFUSALS_PER_MINUTE);
    this.handlers = new Map<string, Handler>([
      ['/enrol/v1/enrol', (body, source) => enrolling.enrol(parseInput(enrolRequestSchema, body, 'body') as never, source)],
      ['/enrol/v1/renew', (body, source) => renewals.renew(parseInput(renewRequestSchema, body, 'body') as never, source)],
    ]);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.roles.has('ingress')) return;
    const options = {
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 8_192,
    };
    const server = createServer({ ...(await this.certificate()), ...options }, (request, response) => void this.serve(request, response));
    server.maxConnections = CONNECTION_LIMIT;
    server.on('clientError', refuseMalformed);
    const host = this.config.PHALANX_ENROL_BIND;
    const port = this.addresses.enrolmentPort();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EADDRINUSE' ? 'the port is taken by another process; free it, or set PHALANX_ENROL_PORT' : cause.message;
        reject(
          new AppError('invalid', 'enrolment.cannot-listen', `the enrolment endpoint can’t listen on ${host}:${port}: ${why}`, { cause }),
        );
      });
      server.listen(port, host, resolve);
    });
    server.on('error', (error) => this.logger.warn('the enrolment endpoint had trouble', { error: messageOf(error) }));
    this.server = server;
    this.renewal = setInterval(() => void this.renewCertificate(), RENEWAL_CHECK_MS).unref();
    this.logger.info('the enrolment endpoint listens', { host, port });
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.renewal) clearInterval(this.renewal);
    const server = this.server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private async certificate(): Promise<{ cert: string; key: string }> {
    const { certificatePem, privateKeyPem } = await this.pki.server('enrolment', this.config.PHALANX_ENROL_HOSTS);
    // The root goes along: a box that knows only its fingerprint takes it from here.
    return { cert: joinPem(certificatePem, await this.pki.chainPem()), key: privateKeyPem };
  }

  private async renewCertificate(): Promise<void> {
    try {
      this.server?.setSecureContext(await this.certificate());
    } catch (error) {
      this.logger.warn('the certificate of the enrolment endpoint could not be renewed yet', { error: messageOf(error) });
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const source = request.socket.remoteAddress ?? 'unknown';
    try {
      this.admit(source);
      const grant = await this.handle(request, source);
      send(response, 200, 'application/json', requestId, grant);
    } catch (thrown) {
      const { status, problem, error } = problemOf(thrown, requestId);
      if (error.kind === 'bug') this.logger.error('an enrolment request failed by our fault', { requestId, err: error.cause ?? error });
      else if (status !== 429) this.refusals.count(source);
      const retryAfter = error.details['retryAfterSeconds'];
      if (typeof retryAfter === 'number') response.setHeader('retry-after', String(retryAfter));
      // What was not read of the body must not be taken for the next request.
      response.setHeader('connection', 'close');
      send(response, status, 'application/problem+json', requestId, problem);
    }
  }

  private admit(source: string): void {
    const wait = this.requests.retryAfterSeconds(source) ?? this.refusals.retryAfterSeconds(source);
    if (wait !== null)
      throw new AppError('limit', 'enrolment.too-many', 'too many requests from this address; wait and try again', {
        details: { retryAfterSeconds: wait },
      });
    this.requests.count(source);
  }

  private async handle(request: IncomingMessage, source: string): Promise<EnrolmentGrant> {
    const handler = this.handlers.get(request.url ?? '');
    if (!handler || request.method !== 'POST') throw new AppError('not-found', 'http.no-route', 'there is nothing at this address');
    if (!/^application\/json(?:;\s*charset=utf-8)?$/i.test(request.headers['content-type'] ?? ''))
      throw new AppError('invalid', 'http.media-type', 'send the body as application/json');
    return handler(parseJsonBody(await readBody(request)), source);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > BODY_LIMIT_BYTES) throw new AppError('invalid', 'http.body-too-large', 'the body is larger than this endpoint takes');
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', 'http.malformed', 'the body ended too early', { cause });
  }
  return Buffer.concat(chunks);
}

/** What is no HTTP, or too slow, is answered as a problem document as well. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem } = problemOf(
    new AppError('invalid', 'http.malformed', 'the request is not valid HTTP, or came too slowly'),
    randomUUID(),
  );
  const body = JSON.stringify(problem);
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}

function send(response: ServerResponse, status: number, contentType: string, requestId: string, body: object): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  response.end(bytes);
}
