import { Inject, Injectable } from '@nestjs/common';
import type { AppliancePolicy } from '@phalanx/contracts';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { ApplianceService } from '../appliances/index.js';
import { ApplicationDirectory } from './application-directory.js';
import { ListenAddresses } from './listen-addresses.js';
import { policiesConfig } from './policies.config.js';

/** What an appliance's policy is put together from, besides policies. */
@Injectable()
export class PolicySources {
  constructor(
    readonly appliances: ApplianceService,
    readonly applications: ApplicationDirectory,
    readonly listen: ListenAddresses,
    @Inject(policiesConfig.token) private readonly config: ConfigOf<typeof policiesConfig>,
  ) {}

  get events(): AppliancePolicy['events'] {
    return { foldAbovePerSecond: this.config.PHALANX_FOLD_ABOVE_PER_SECOND, spoolLimitBytes: this.config.PHALANX_SPOOL_LIMIT_BYTES };
  }
}
