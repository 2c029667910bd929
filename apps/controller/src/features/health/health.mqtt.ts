import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { heartbeatSchema, presenceSchema } from '@phalanx/contracts';
import { AppError, type Logger, messageOf } from '@phalanx/kit';
import type { z } from 'zod';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { ReportedStateSink } from '../../platform/reported-state.js';
import { HealthService } from './health.service.js';

/** Characters that PostgreSQL's text can't hold, as JSON may escape them. */
const SUSPECT_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

/** Takes `up/heartbeat` and `up/presence`. A message that is not understood is logged and dropped: the next one comes in seconds. */
@Injectable()
export class HealthIngress implements OnModuleInit {
  constructor(
    @Inject(MqttLink) private readonly link: MqttLink,
    @Inject(HealthService) private readonly health: HealthService,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.link.onUp('heartbeat', (message) => this.guard(message, () => this.takeHeartbeat(message)));
    this.link.onUp('presence', (message) => this.guard(message, () => this.takePresence(message)));
  }

  private async takeHeartbeat(message: UpMessage): Promise<void> {
    const heartbeat = parse(heartbeatSchema, message);
    await this.health.takeHeartbeat(boxOf(message), heartbeat);
    // Found when it is needed: the feature that implements it may itself build on this one.
    await this.modules.get(ReportedStateSink, { strict: false }).accept(message, heartbeat.reported);
  }

  private async takePresence(message: UpMessage): Promise<void> {
    const presence = parse(presenceSchema, message);
    // A retained word that somebody is online may be as old as the broker's store; a retained end stays true.
    if (message.retained && presence.state === 'online') return;
    await this.health.takePresence(boxOf(message), presence);
  }

  private async guard(message: UpMessage, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const fields = { channel: message.channel, ...message.identity, error: messageOf(error) };
      if (error instanceof AppError && error.kind === 'invalid') this.logger.warn('a message of a box was not understood', fields);
      else this.logger.warn('a message of a box could not be taken; its next one will be', fields);
    }
  }
}

function boxOf({ tenantId, identity, receivedAt }: UpMessage) {
  return { tenantId, applianceId: identity.applianceId, receivedAt };
}

function parse<T>(schema: z.ZodType<T>, { payload }: UpMessage): T {
  const text = payload.toString('utf8');
  if (SUSPECT_ESCAPE.test(text)) throw new AppError('invalid', 'health.bad-text', 'a text holds a NUL or a surrogate escape');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid', 'health.not-json', 'the message is not JSON', { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('invalid', 'health.malformed', `the message is malformed: ${issue?.path.join('.')} ${issue?.message}`);
}
