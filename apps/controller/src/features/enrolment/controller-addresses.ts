import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import type { PrepareStep } from '../../platform/feature.js';
import { BrokerAddresses, ReservedPorts } from '../broker/index.js';
import { enrolmentConfig } from './enrolment.config.js';

/** Where a box finds its controller: told at enrolment, and in every desired state. */
@Injectable()
export class ControllerAddresses implements PrepareStep {
  constructor(
    private readonly broker: BrokerAddresses,
    private readonly ports: ReservedPorts,
    @Inject(enrolmentConfig.token) private readonly config: ConfigOf<typeof enrolmentConfig>,
  ) {}

  /** Reserves the endpoint's port. One that is taken may be so by our own process that serves already: it is kept, for boxes were told it. */
  async prepare(): Promise<void> {
    await this.ports.reserve({
      enrolment: { configured: this.config.PHALANX_ENROL_PORT, host: this.config.PHALANX_ENROL_BIND, isOurs: true },
    });
  }

  /** Both, as desired states carry them. */
  current(): { mqttUrls: string[]; enrolmentUrls: string[] } {
    return { mqttUrls: this.mqttUrls(), enrolmentUrls: this.enrolmentUrls() };
  }

  mqttUrls(): string[] {
    return this.broker.mqttUrls();
  }

  enrolmentUrls(): string[] {
    if (this.config.PHALANX_ENROL_URLS) return this.config.PHALANX_ENROL_URLS;
    const host = this.config.PHALANX_ENROL_HOSTS[0] ?? '127.0.0.1';
    return [`https://${isIPv6(host) ? `[${host}]` : host}:${this.enrolmentPort()}`];
  }

  enrolmentPort(): number {
    return this.ports.portOf('enrolment', this.config.PHALANX_ENROL_PORT);
  }
}
