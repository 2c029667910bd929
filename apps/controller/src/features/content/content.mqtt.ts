import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type ContentAnswerHead, type ContentRequest, contentRequestSchema, type EnrolmentIdentity } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { Roles } from '../../platform/roles.js';
import { contentConfig } from './content.config.js';
import { ContentService } from './content.service.js';

const BUSY_RETRY_MS = 500;
const LINE_FEED = Buffer.from('\n');

/** Answers `up/content` on `down/content`. Above the bound of pending requests it says at once when to come back. */
@Injectable()
export class ContentMessages implements OnModuleInit {
  private pending = 0;

  constructor(
    private readonly content: ContentService,
    private readonly mqtt: MqttLink,
    private readonly roles: Roles,
    @Inject(contentConfig.token) private readonly config: ConfigOf<typeof contentConfig>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    if (this.roles.has('ingress')) this.mqtt.onUp('content', (message) => this.take(message));
  }

  private async take(message: UpMessage): Promise<void> {
    const request = parse(message.payload);
    if (!request) {
      this.logger.warn('a content request is malformed and ignored', { applianceId: message.identity.applianceId });
      return;
    }
    const { requestId } = request;
    const busy = { status: 'busy' as const, requestId, retryAfterMs: Math.round(BUSY_RETRY_MS * (1 + Math.random())) };
    if (this.pending >= this.config.PHALANX_CONTENT_PENDING) return this.answer(message.identity, busy);
    this.pending += 1;
    try {
      const piece = await this.content.find({ tenantId: message.tenantId, applianceId: message.identity.applianceId }, request);
      const head: ContentAnswerHead = piece
        ? { status: 'ok', requestId, length: piece.body.length, sha256: piece.sha256 }
        : { status: 'missing', requestId };
      await this.answer(message.identity, head, piece?.body);
    } catch (error) {
      this.logger.warn('content could not be looked up; the box is told to come back', { error: messageOf(error) });
      await this.answer(message.identity, busy);
    } finally {
      this.pending -= 1;
    }
  }

  private async answer(identity: EnrolmentIdentity, head: ContentAnswerHead, body: Buffer = Buffer.alloc(0)): Promise<void> {
    const payload = Buffer.concat([Buffer.from(JSON.stringify(head)), LINE_FEED, body]);
    try {
      await this.mqtt.publish(identity, 'content', payload, { correlationData: Buffer.from(head.requestId) });
    } catch (error) {
      // The box asks again: its request has a deadline.
      this.logger.warn('content could not be sent', { applianceId: identity.applianceId, error: messageOf(error) });
    }
  }
}

function parse(payload: Buffer): ContentRequest | null {
  try {
    const parsed = contentRequestSchema.safeParse(JSON.parse(payload.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
