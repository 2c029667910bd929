import { join, resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { platformConfig } from '../../platform/platform.config.js';
import { brokerConfig } from './broker.config.js';

/** The files of one Mosquitto: all written by the controller but `store/`, `mosquitto.pid` and what the broker adds to `dynsec.json`. */
@Injectable()
export class BrokerFolder {
  readonly root: string;
  readonly configuration: string;
  readonly accessList: string;
  readonly dynamicSecurity: string;
  /** Checks boxes: root and issuing authority. */
  readonly authorities: string;
  /** Checks controllers. */
  readonly controlAuthority: string;
  readonly certificate: string;
  readonly key: string;
  readonly revocationList: string;
  readonly processId: string;
  readonly store: string;

  constructor(
    @Inject(platformConfig.token) platform: ConfigOf<typeof platformConfig>,
    @Inject(brokerConfig.token) config: ConfigOf<typeof brokerConfig>,
  ) {
    this.root = resolve(config.PHALANX_BROKER_DIR ?? join(platform.PHALANX_HOME, 'broker'));
    this.configuration = join(this.root, 'mosquitto.conf');
    this.accessList = join(this.root, 'acl');
    this.dynamicSecurity = join(this.root, 'dynsec.json');
    this.authorities = join(this.root, 'ca.crt');
    this.controlAuthority = join(this.root, 'control-ca.crt');
    this.certificate = join(this.root, 'server.crt');
    this.key = join(this.root, 'server.key');
    this.revocationList = join(this.root, 'crl.pem');
    this.processId = join(this.root, 'mosquitto.pid');
    this.store = join(this.root, 'store');
  }
}
