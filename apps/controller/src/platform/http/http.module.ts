import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import type { Logger } from '@phalanx/kit';
import { LOGGER } from '../log/logger.token.js';
import { EndpointInterceptor } from './endpoint.interceptor.js';
import { IdempotencyStore } from './idempotency.repository.js';
import { ProblemFilter } from './problem.filter.js';

/** Every route of every feature goes through the interceptor, every error through the filter. */
@Global()
@Module({
  providers: [
    IdempotencyStore,
    { provide: APP_INTERCEPTOR, useClass: EndpointInterceptor },
    { provide: APP_FILTER, inject: [LOGGER], useFactory: (logger: Logger) => new ProblemFilter(logger) },
  ],
})
export class HttpModule {}
