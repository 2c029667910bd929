import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { BrokerAccess, type BrokerCredentials } from '../../platform/mqtt/broker-access.js';
import { PkiService } from '../pki/index.js';
import { brokerConfig } from './broker.config.js';
import type { ListenerAddress } from './mosquitto-configuration.js';
import { ReservedPorts } from './reserved-ports.js';

/** Where the broker is: for itself, for controllers, for boxes. */
@Injectable()
export class BrokerAddresses extends BrokerAccess {
  constructor(
    private readonly ports: ReservedPorts,
    private readonly pki: PkiService,
    @Inject(brokerConfig.token) private readonly config: ConfigOf<typeof brokerConfig>,
  ) {
    super();
  }

  listeners(): { readonly boxes: ListenerAddress; readonly controllers: ListenerAddress } {
    return {
      boxes: { host: this.config.PHALANX_MQTT_BIND, port: this.ports.portOf('mqtt', this.config.PHALANX_MQTT_PORT) },
      controllers: {
        host: this.config.PHALANX_MQTT_CONTROL_BIND,
        port: this.ports.portOf('control', this.config.PHALANX_MQTT_CONTROL_PORT),
      },
    };
  }

  /** What boxes are told. */
  mqttUrls(): string[] {
    if (this.config.PHALANX_MQTT_URLS) return this.config.PHALANX_MQTT_URLS;
    const host = this.config.PHALANX_MQTT_HOSTS[0] ?? '127.0.0.1';
    return [`mqtts://${isIPv6(host) ? `[${host}]` : host}:${this.ports.portOf('mqtt', this.config.PHALANX_MQTT_PORT)}`];
  }

  async credentials(): Promise<BrokerCredentials> {
    const { certificatePem, privateKeyPem } = await this.pki.controller();
    return { ...this.controlAddress(), caPem: await this.pki.rootPem(), certificatePem, privateKeyPem };
  }

  private controlAddress(): ListenerAddress {
    if (!this.config.MQTT_URL) return this.listeners().controllers;
    const { hostname, port } = new URL(this.config.MQTT_URL);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 8883) };
  }
}
