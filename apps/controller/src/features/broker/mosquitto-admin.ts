import { Inject, Injectable } from '@nestjs/common';
import { type EnrolmentIdentity, identityName } from '@phalanx/contracts';
import { AppError, type Logger } from '@phalanx/kit';
import { LOGGER } from '../../platform/log/logger.token.js';
import { BrokerConnection } from '../../platform/mqtt/broker-connection.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { PkiService } from '../pki/index.js';
import { BrokerAddresses } from './broker-addresses.js';
import { BrokerAdmin } from './broker-admin.js';
import { BrokerFiles } from './broker-files.js';
import { BrokerFolder } from './broker-folder.js';
import { BrokerProcess } from './broker-process.js';
import { installRevocationFile } from './revocation-file.js';
import { awaitRefusal, makeProbe } from './revocation-probe.js';

const CONTROL_TOPIC = '$CONTROL/dynamic-security/v1';

/**
 * Mosquitto: the revocation list refuses new connections, the dynamic-security plugin cuts live ones. The order matters: a client
 * that is cut before the list acts comes back with all of its rights.
 */
@Injectable()
export class MosquittoAdmin extends BrokerAdmin {
  constructor(
    private readonly folder: BrokerFolder,
    private readonly files: BrokerFiles,
    private readonly process: BrokerProcess,
    private readonly addresses: BrokerAddresses,
    private readonly pki: PkiService,
    private readonly connection: BrokerConnection,
    private readonly link: MqttLink,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async revoke(identities: readonly EnrolmentIdentity[]): Promise<void> {
    if (identities.length === 0) return;
    if (!(await this.installList()))
      throw new AppError('unavailable', 'broker.not-running', 'the broker does not run: nothing can be cleared there');
    await this.cut(identities);
    for (const identity of identities) await this.link.clearRetained(identity);
    this.logger.info('identities are locked out of the broker', { identities: identities.map(identityName) });
  }

  async refresh(): Promise<void> {
    await this.files.writeCertificates();
    await this.installList();
  }

  /** True when a running broker has taken the list. */
  private async installList(): Promise<boolean> {
    const probe = await makeProbe((publicKey) => this.pki.issueProbe(publicKey));
    const onList = { serial: probe.serial, revokedAt: new Date(), reason: 'revoked' as const };
    return this.pki.withRevocationList([onList], async (list) => {
      await installRevocationFile(this.folder, list.pem, list.issuerPem, list.serials);
      if (!(await this.process.reload())) {
        this.logger.warn('the broker does not run; it reads the revocation list when it starts');
        return false;
      }
      await awaitRefusal(this.addresses.listeners().boxes, probe);
      return true;
    });
  }

  /** A client that the plugin knows and disables is disconnected; it is forgotten at once, so that the plugin's file stays small. */
  private async cut(identities: readonly EnrolmentIdentity[]): Promise<void> {
    const commands = identities
      .map(identityName)
      .flatMap((username) => ['createClient', 'disableClient', 'deleteClient'].map((command) => ({ command, username })));
    await this.connection.publish(CONTROL_TOPIC, JSON.stringify({ commands }));
  }
}
