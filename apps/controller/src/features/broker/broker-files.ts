import { userInfo } from 'node:os';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { brokerAccessList } from '@phalanx/contracts';
import { AppError, nodeDisk } from '@phalanx/kit';
import { joinPem } from '@phalanx/trust';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import type { PrepareStep } from '../../platform/feature.js';
import { CONTROLLER_NAME, PkiService } from '../pki/index.js';
import { brokerConfig } from './broker.config.js';
import { BrokerAddresses } from './broker-addresses.js';
import { BrokerFolder } from './broker-folder.js';
import { BrokerProcess } from './broker-process.js';
import { dynamicSecurityConfiguration, mosquittoConfiguration } from './mosquitto-configuration.js';
import { ReservedPorts } from './reserved-ports.js';
import { installRevocationFile } from './revocation-file.js';

/** Writes all that Mosquitto needs. Must have run before it starts. */
@Injectable()
export class BrokerFiles implements PrepareStep, OnModuleInit {
  constructor(
    private readonly folder: BrokerFolder,
    private readonly addresses: BrokerAddresses,
    private readonly ports: ReservedPorts,
    private readonly process: BrokerProcess,
    private readonly pki: PkiService,
    @Inject(brokerConfig.token) private readonly config: ConfigOf<typeof brokerConfig>,
  ) {}

  /** A broker that nobody can be locked out of is refused at the start. */
  onModuleInit(): void {
    if (this.config.MQTT_URL && !this.config.PHALANX_BROKER_ADAPTER) {
      throw new AppError(
        'invalid',
        'broker.no-adapter',
        'MQTT_URL names a broker, but PHALANX_BROKER_ADAPTER does not say how to revoke boxes there: set it to `mosquitto`, or unset MQTT_URL',
      );
    }
  }

  async prepare(): Promise<void> {
    nodeDisk.makeFolder(this.folder.root);
    nodeDisk.makeFolder(this.folder.store);
    const isOurs = this.process.pid() !== null || this.config.MQTT_URL !== undefined;
    await this.ports.reserve({
      mqtt: { configured: this.config.PHALANX_MQTT_PORT, host: this.config.PHALANX_MQTT_BIND, isOurs },
      control: { configured: this.config.PHALANX_MQTT_CONTROL_PORT, host: this.config.PHALANX_MQTT_CONTROL_BIND, isOurs },
    });
    const write = (path: string, text: string) => nodeDisk.replace(path, text, 0o600);
    const { boxes, controllers } = this.addresses.listeners();
    write(this.folder.configuration, mosquittoConfiguration({ folder: this.folder, user: userInfo().username, boxes, controllers }));
    write(this.folder.accessList, brokerAccessList(CONTROLLER_NAME));
    write(this.folder.dynamicSecurity, dynamicSecurityConfiguration(CONTROLLER_NAME));
    await this.writeCertificates();
    await this.pki.withRevocationList([], (list) => installRevocationFile(this.folder, list.pem, list.issuerPem, list.serials));
    await this.process.reload();
  }

  /** Authorities and the broker's own certificate, which is renewed in time. */
  async writeCertificates(): Promise<void> {
    const server = await this.pki.server('broker', this.config.PHALANX_MQTT_HOSTS);
    const chain = await this.pki.chainPem();
    nodeDisk.replace(this.folder.authorities, chain, 0o600);
    nodeDisk.replace(this.folder.controlAuthority, await this.pki.controlPem(), 0o600);
    nodeDisk.replace(this.folder.key, server.privateKeyPem, 0o600);
    nodeDisk.replace(this.folder.certificate, joinPem(server.certificatePem, chain), 0o600);
  }
}
