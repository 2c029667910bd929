import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@phalanx/kit';

/** Nest's own messages, in our log. Its start-up chatter is debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug('nest', { message: String(message), context });
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error('nest', { message: String(message), stack, context });
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn('nest', { message: String(message), context });
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug('nest', { message: String(message), context });
  }
}
