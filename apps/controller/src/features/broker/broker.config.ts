import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

const port = z.coerce.number().int().min(0).max(65535).default(0);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** The broker: our own Mosquitto, or another one of the operator's. */
export const brokerConfig = defineConfig('broker', {
  MQTT_URL: z
    .url({ protocol: /^mqtts$/ })
    .optional()
    .describe('Broker that somebody else runs, as controllers reach it (`mqtts://host:port`); needs PHALANX_BROKER_ADAPTER.'),
  PHALANX_BROKER_ADAPTER: z
    .enum(['mosquitto'])
    .optional()
    .describe(
      'How to revoke and clear at the broker of MQTT_URL: `mosquitto` writes PHALANX_BROKER_DIR and signals the process in its pid file.',
    ),
  PHALANX_BROKER_DIR: z.string().optional().describe('Folder of the broker’s configuration; `broker` in PHALANX_HOME when absent.'),
  PHALANX_MQTT_BIND: z.string().default('127.0.0.1').describe('Address that the broker listens on for boxes.'),
  PHALANX_MQTT_PORT: port.describe('TCP port on which boxes reach the broker; 0 takes a free one at the first `prepare` and keeps it.'),
  PHALANX_MQTT_CONTROL_BIND: z.string().default('127.0.0.1').describe('Address that the broker listens on for controllers.'),
  PHALANX_MQTT_CONTROL_PORT: port.describe(
    'TCP port on which controllers reach the broker; 0 takes a free one at the first `prepare` and keeps it.',
  ),
  PHALANX_MQTT_HOSTS: list
    .default(['127.0.0.1', 'localhost'])
    .describe('Host names and addresses in the broker’s certificate, comma separated; the first one is told to boxes.'),
  PHALANX_MQTT_URLS: list
    .optional()
    .describe(
      'Addresses of the broker that boxes are told (`mqtts://host:port`), comma separated; made from PHALANX_MQTT_HOSTS when absent.',
    ),
});
