import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger, messageOf } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Changes } from '../../platform/changes/changes.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { Roles } from '../../platform/roles.js';
import { pkiConfig } from '../pki/index.js';
import { BrokerAdmin } from './broker-admin.js';

const HOUR_MS = 3_600_000;
const RETRY_MS = 60_000;
/** Node's longest timer. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Acts on revocations as they are committed, and renews the revocation list after a quarter of its life: an expired one would
 * refuse every box.
 */
@Injectable()
export class BrokerUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly admin: BrokerAdmin,
    private readonly roles: Roles,
    changes: Changes,
    @Inject(pkiConfig.token) private readonly config: ConfigOf<typeof pkiConfig>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    if (!roles.has('ingress')) return;
    changes.consume('enrolment.cut', (_tenantId, identities) => admin.revoke(identities));
    changes.consume('enrolment.readmitted', () => admin.refresh());
  }

  onApplicationBootstrap(): void {
    if (this.roles.has('ingress')) this.schedule(0);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => void this.renew(), Math.min(delayMs, MAX_TIMER_MS)).unref();
  }

  private async renew(): Promise<void> {
    try {
      await this.admin.refresh();
      this.schedule((this.config.PHALANX_CRL_HOURS * HOUR_MS) / 4);
    } catch (error) {
      this.logger.error('the broker’s revocation list could not be renewed', { error: messageOf(error) });
      this.schedule(RETRY_MS);
    }
  }
}
