import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  DOWN_CHANNELS,
  downTopic,
  type DownChannel,
  type EnrolmentIdentity,
  identityName,
  parseUpTopic,
  sharedUpFilter,
  UP_CHANNELS,
  type UpChannel,
  upTopic,
} from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import type { IPublishPacket } from 'mqtt';
import { LOGGER } from '../log/logger.token.js';
import { Roles } from '../roles.js';
import { BrokerConnection } from './broker-connection.js';
import type { Acknowledge } from './deferred-acks.js';
import { EnrolmentDirectory } from './enrolment-directory.js';
import { MessageLanes } from './message-lanes.js';
import { type DownOptions, MqttLink, type UpHandler } from './mqtt-link.js';

const GROUP = 'ingress';
const CONCURRENCY = 64;
/** Messages that boxes sent without asking for an acknowledgement are dropped past this: nothing else bounds them. */
const UNACKNOWLEDGED_LIMIT = 5_000;
/** Channels that tell of one thing, a box's presence and state, keep their order among each other. */
const LANE_OF = {
  heartbeat: 'state',
  reported: 'state',
  presence: 'state',
  events: 'events',
  content: 'content',
  secret: 'secret',
  renew: 'renew',
} as const satisfies Record<UpChannel, string>;

/** `MqttLink` over this process's connection: it subscribes in processes with the role `ingress` only. */
@Injectable()
export class BrokerMqttLink extends MqttLink implements OnApplicationBootstrap {
  private readonly handlers = new Map<UpChannel, UpHandler[]>();
  private readonly lanes = new MessageLanes(CONCURRENCY);
  private lastMessageAt: Date | null = null;
  private dropped = 0;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly directory: EnrolmentDirectory,
    private readonly roles: Roles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    if (!this.roles.has('ingress')) return;
    const filters = UP_CHANNELS.map((channel) => sharedUpFilter(GROUP, channel));
    this.connection.subscribe(filters, (topic, payload, packet, acknowledge) => this.take(topic, payload, packet, acknowledge));
    this.connection.start();
  }

  onUp(channel: UpChannel, handler: UpHandler): void {
    this.handlers.set(channel, [...(this.handlers.get(channel) ?? []), handler]);
  }

  async publish(identity: EnrolmentIdentity, channel: DownChannel, payload: string | Buffer, options: DownOptions = {}): Promise<void> {
    await this.connection.publish(downTopic(identity, channel), payload, {
      qos: options.qos ?? 1,
      retain: options.retain ?? false,
      ...(options.correlationData ? { properties: { correlationData: options.correlationData } } : {}),
    });
  }

  async clearRetained(identity: EnrolmentIdentity): Promise<void> {
    const topics = [
      ...DOWN_CHANNELS.map((channel) => downTopic(identity, channel)),
      ...UP_CHANNELS.map((channel) => upTopic(identity, channel)),
    ];
    await Promise.all(topics.map((topic) => this.connection.publish(topic, '', { retain: true })));
  }

  onConnected(action: () => Promise<void>): void {
    this.connection.onConnected(action);
  }

  receiving(): { connectedSince: Date | null; lastMessageAt: Date | null } {
    return { connectedSince: this.connection.since, lastMessageAt: this.lastMessageAt };
  }

  private take(topic: string, payload: Buffer, packet: IPublishPacket, acknowledge: Acknowledge): void {
    const receivedAt = new Date();
    this.lastMessageAt = receivedAt;
    const up = parseUpTopic(topic);
    // Clearing a retained up topic comes back to us as an empty message.
    if (!up || payload.length === 0) return acknowledge(true);
    if (packet.qos === 0 && this.lanes.size >= UNACKNOWLEDGED_LIMIT) {
      if (this.dropped++ % 1000 === 0) this.logger.warn('messages without acknowledgement are dropped', { dropped: this.dropped });
      return;
    }
    const message = { ...up, payload, receivedAt, retained: packet.retain };
    this.lanes.submit(`${identityName(up.identity)}/${LANE_OF[up.channel]}`, async () => {
      try {
        const admission = await this.directory.admit(up.identity);
        if (admission) for (const handler of this.handlers.get(up.channel) ?? []) await handler({ ...message, ...admission });
        else this.logger.debug('a message of an identity that is not healthy was dropped', { topic });
        acknowledge(true);
      } catch (error) {
        this.logger.warn('a message could not be worked on', { topic, error: messageOf(error) });
        acknowledge(false);
      }
    });
  }
}
