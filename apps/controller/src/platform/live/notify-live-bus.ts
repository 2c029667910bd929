import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { LIVE_TOPICS, uuidSchema } from '@phalanx/contracts';
import { type Logger } from '@phalanx/kit';
import { z } from 'zod';
import { Database } from '../db/database.js';
import { Notifications } from '../db/notifications.js';
import { LOGGER } from '../log/logger.token.js';
import { LiveBus, type LiveHint } from './live-bus.js';

const CHANNEL = 'phalanx_live';
/** PostgreSQL's payload limit is 8,000 bytes. */
const IDS_PER_HINT = 100;
const hintSchema = z.strictObject({
  topic: z.enum(LIVE_TOPICS),
  tenantId: uuidSchema.nullable(),
  ids: z.array(uuidSchema).max(IDS_PER_HINT),
});

/** `LiveBus` over PostgreSQL NOTIFY, so that a screen hears of changes that another replica made. */
@Injectable()
export class NotifyLiveBus extends LiveBus implements OnModuleInit {
  private readonly listeners = new Set<(hint: LiveHint) => void>();

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  onModuleInit(): void {
    this.notifications.listen(CHANNEL, (payload) => {
      if (payload === '') return;
      const parsed = hintSchema.safeParse(JSON.parse(payload));
      if (!parsed.success) return this.logger.warn('a live hint was not understood', { payload: payload.slice(0, 200) });
      for (const listener of this.listeners) listener(parsed.data);
    });
  }

  publish(hint: LiveHint): void {
    const payload = JSON.stringify({ ...hint, ids: hint.ids.slice(0, IDS_PER_HINT) });
    const send = () => this.notifications.notify(CHANNEL, payload);
    if (this.database.isInTransaction()) this.database.afterCommit(send);
    else send();
  }

  subscribe(listener: (hint: LiveHint) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
