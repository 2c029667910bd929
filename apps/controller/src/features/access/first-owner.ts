import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import type { PrepareStep } from '../../platform/feature.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { accessConfig } from './access.config.js';
import { OperatorService } from './operator.service.js';

/** Makes the first operator from the environment, once. */
@Injectable()
export class FirstOwner implements PrepareStep {
  constructor(
    private readonly operators: OperatorService,
    @Inject(accessConfig.token) private readonly config: ConfigOf<typeof accessConfig>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async prepare(): Promise<void> {
    const { PHALANX_ADMIN_USERNAME: username, PHALANX_ADMIN_PASSWORD: password } = this.config;
    if (password === undefined) {
      this.logger.info('no password for a first operator is set; none is made');
      return;
    }
    if (await this.operators.ensureFirstOwner(username, password)) this.logger.info('the first operator was made', { username });
  }
}
