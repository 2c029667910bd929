import { Inject, Injectable } from '@nestjs/common';
import { type SecretAnswer, secretRequestSchema } from '@phalanx/contracts';
import { AppError, type Logger } from '@phalanx/kit';
import { parseJsonBody } from '../../platform/http/parse-input.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { SecretsService } from './secrets.service.js';

/** Answers `up/secret`. */
@Injectable()
export class SecretsMqtt {
  constructor(
    private readonly link: MqttLink,
    private readonly secrets: SecretsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    link.onUp('secret', (message) => this.answer(message));
  }

  private async answer(message: UpMessage): Promise<void> {
    const request = parseRequest(message.payload);
    if (!request) {
      this.logger.warn('a request for a secret was not understood', { ...message.identity });
      return;
    }
    const { requestId, secretId } = request;
    const sealed = await this.secrets.sealFor(message, secretId);
    const answer: SecretAnswer = sealed ? { status: 'ok', requestId, sealed } : { status: 'missing', requestId };
    await this.link.publish(message.identity, 'secret', JSON.stringify(answer));
  }
}

function parseRequest(payload: Buffer): { requestId: string; secretId: string } | null {
  try {
    const parsed = secretRequestSchema.safeParse(parseJsonBody(payload));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') return null;
    throw error;
  }
}
