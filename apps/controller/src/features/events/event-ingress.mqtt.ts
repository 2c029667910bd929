import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventAck } from '@phalanx/contracts';
import { AppError, type Logger, messageOf } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { readBatch, type ReceivedBatch } from './event-batch.js';
import { EventIngest } from './event-ingest.service.js';
import { eventMetrics } from './event-metrics.js';
import { eventsConfig } from './events.config.js';
import { IngestGate } from './ingest-gate.js';

/** A box waits this long after its batch could not be stored. */
const RETRY_MS = 2_000;

/** Takes `up/events`, answers on `down/ack` once the batch is committed. */
@Injectable()
export class EventIngress implements OnModuleInit, BeforeApplicationShutdown {
  private readonly gate: IngestGate;

  constructor(
    @Inject(MqttLink) private readonly link: MqttLink,
    @Inject(EventIngest) private readonly ingest: EventIngest,
    @Inject(eventsConfig.token) config: ConfigOf<typeof eventsConfig>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.gate = new IngestGate(config.EVENTS_INGEST_CONCURRENCY, config.EVENTS_INGEST_QUEUE);
  }

  onModuleInit(): void {
    this.link.onUp('events', (message) => this.take(message));
  }

  /** Lets the batches that are being stored finish. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.gate.idle();
  }

  /**
   * Takes a batch over and returns before it is stored: streams of one box are stored side by side. The broker need not remember it,
   * as the box sends again what it got no acknowledgement of ours for.
   */
  async take(message: UpMessage): Promise<void> {
    let batch: ReceivedBatch;
    try {
      batch = readBatch(message.payload);
    } catch (error) {
      eventMetrics.batches.inc({ outcome: 'malformed' });
      // Without a frame there is no stream to answer about; the box keeps its file.
      this.logger.error('a box sent what is no batch of events', { ...message.identity, error: messageOf(error) });
      return;
    }
    const { stream } = batch.frame;
    if (this.gate.isFull) {
      eventMetrics.batches.inc({ outcome: 'put-off' });
      return this.acknowledge(message, { stream, next: null, pauseMs: this.gate.pauseMs() ?? RETRY_MS });
    }
    void this.gate.run(() => this.store(message, batch)).then((ack) => this.acknowledge(message, ack));
  }

  private async store(message: UpMessage, batch: ReceivedBatch): Promise<EventAck> {
    const { stream } = batch.frame;
    const { tenantId, identity, receivedAt } = message;
    try {
      const next = await this.ingest.take({ tenantId, applianceId: identity.applianceId, stream, receivedAt }, batch);
      eventMetrics.batches.inc({ outcome: next === batch.frame.next ? 'stored' : 'out-of-place' });
      const pauseMs = this.gate.pauseMs();
      return { stream, next, ...(pauseMs ? { pauseMs } : {}) };
    } catch (error) {
      eventMetrics.batches.inc({ outcome: 'failed' });
      const fields = { applianceId: identity.applianceId, stream, error: messageOf(error) };
      if (error instanceof AppError && error.kind === 'bug') this.logger.error('a batch of events could not be stored', fields);
      else this.logger.warn('a batch of events could not be stored; the box sends it again', fields);
      return { stream, next: null, pauseMs: RETRY_MS };
    }
  }

  private async acknowledge(message: UpMessage, ack: EventAck): Promise<void> {
    try {
      await this.link.publish(message.identity, 'ack', JSON.stringify(ack));
    } catch (error) {
      this.logger.warn('an acknowledgement could not be sent; the box asks again', { stream: ack.stream, error: messageOf(error) });
    }
  }
}
