import { type BeforeApplicationShutdown, Controller, Inject } from '@nestjs/common';
import { liveQuerySchema } from '@phalanx/contracts';
import { AppError, type Logger } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Authenticator, type Principal } from '../../platform/http/principal.js';
import { Input, Route } from '../../platform/http/route.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { EventListRepository, toEventView } from '../events/index.js';
import { LiveAudience } from './live-audience.js';
import { type LiveSource, LiveStream } from './live-stream.js';

const LIVE = endpoint({
  method: 'GET',
  path: '/api/v1/live',
  summary: 'Changes as they happen, as server-sent events. Lossy: read the data anew after a reconnect',
  permission: 'session',
  query: liveQuerySchema,
  detached: true,
  produces: 'text/event-stream',
});

const MOST_STREAMS = 2_000;
const MOST_STREAMS_OF_ONE = 20;

/** Server-sent events for open screens and `phalanxctl events tail`. */
@Controller()
export class LiveController implements BeforeApplicationShutdown {
  private readonly streams = new Map<LiveStream, string>();
  private readonly unsubscribe: () => void;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(EventListRepository) private readonly events: EventListRepository,
    @Inject(LiveBus) bus: LiveBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.unsubscribe = bus.subscribe((hint) => {
      for (const stream of this.streams.keys()) stream.hear(hint);
    });
  }

  /** Open streams would keep the server from closing. */
  beforeApplicationShutdown(): void {
    this.unsubscribe();
    for (const stream of [...this.streams.keys()]) stream.close();
  }

  @Route(LIVE)
  async live(@Input() { principal, query, request, reply }: InputOf<typeof LIVE>): Promise<void> {
    this.refuseTooMany(principal);
    const source: LiveSource = {
      audience: async () => {
        const now = await this.authenticator.reauthenticate(request);
        if (!now) throw new AppError('unauthenticated', 'access.not-signed-in', 'the session has ended');
        return new LiveAudience(now, query);
      },
      events: (ids, audience) =>
        this.database.run({ tenantIds: audience.eventTenants(), provider: false }, async () =>
          (await this.events.byIds(ids)).map(toEventView),
        ),
    };
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // Kept alive after its end it would hold up the server's own.
      connection: 'close',
      'x-request-id': request.id,
    });
    const stream = new LiveStream(reply.raw, source, new LiveAudience(principal, query), this.logger);
    this.streams.set(stream, principal.credentialId);
    await new Promise<void>((resolve) => {
      stream.onClose(resolve);
      reply.raw.once('close', () => stream.close());
      reply.raw.once('error', () => stream.close());
    });
    this.streams.delete(stream);
  }

  private refuseTooMany(principal: Principal): void {
    const own = [...this.streams.values()].filter((credential) => credential === principal.credentialId).length;
    if (this.streams.size >= MOST_STREAMS || own >= MOST_STREAMS_OF_ONE)
      throw new AppError('limit', 'live.too-many', 'too many live streams are open', { details: { retryAfterSeconds: 10 } });
  }
}
