/**
 * Broker: Mosquitto's folder, the addresses of the broker, and locking boxes out of it.
 *
 * Owns the folder `broker` in the controller's home (or PHALANX_BROKER_DIR) and `ports.json`. Consumes the changes `enrolment.cut` and
 * `enrolment.readmitted`. No tables, no routes.
 *
 * - New connections are refused before live ones are cut: revocation list, reload, probe, cut, clear.
 * - A broken revocation list is never installed, and the one in place is renewed long before it runs out.
 * - Without an adapter to revoke with, the controller does not start.
 *
 * `enrolment` may call it.
 */
import { Global, Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { BrokerAccess } from '../../platform/mqtt/broker-access.js';
import { MqttModule } from '../../platform/mqtt/mqtt.module.js';
import { brokerConfig } from './broker.config.js';
import { BrokerAddresses } from './broker-addresses.js';
import { BrokerAdmin } from './broker-admin.js';
import { BrokerFiles } from './broker-files.js';
import { BrokerFolder } from './broker-folder.js';
import { BrokerProcess } from './broker-process.js';
import { BrokerUpkeep } from './broker-upkeep.js';
import { MosquittoAdmin } from './mosquitto-admin.js';
import { ReservedPorts } from './reserved-ports.js';

export { BrokerAddresses } from './broker-addresses.js';
export { ReservedPorts } from './reserved-ports.js';

@Global()
@Module({
  imports: [MqttModule],
  providers: [
    ReservedPorts,
    BrokerFolder,
    BrokerProcess,
    BrokerAddresses,
    { provide: BrokerAccess, useExisting: BrokerAddresses },
    BrokerFiles,
    MosquittoAdmin,
    { provide: BrokerAdmin, useExisting: MosquittoAdmin },
    BrokerUpkeep,
  ],
  exports: [ReservedPorts, BrokerAddresses, BrokerAccess],
})
class BrokerModule {}

export const brokerFeature: ControllerFeature = { name: 'broker', module: BrokerModule, config: [brokerConfig], prepare: BrokerFiles };
