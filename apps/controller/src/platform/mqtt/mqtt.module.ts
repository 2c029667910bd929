import { Global, Module } from '@nestjs/common';
import { BrokerConnection } from './broker-connection.js';
import { BrokerMqttLink } from './broker-mqtt-link.js';
import { MqttLink } from './mqtt-link.js';

/** The link to the boxes. `BrokerAccess` and `EnrolmentDirectory` come from features (global modules). */
@Global()
@Module({
  providers: [BrokerConnection, BrokerMqttLink, { provide: MqttLink, useExisting: BrokerMqttLink }],
  exports: [BrokerConnection, MqttLink],
})
export class MqttModule {}
