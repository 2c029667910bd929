import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { type EnrolmentGrant, enrolmentGrantSchema, type EnrolmentIdentity } from '@phalanx/contracts';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/** A box's key and certificate in the hands of somebody else. */
export interface CapturedIdentity {
  readonly identity: EnrolmentIdentity;
  readonly privateKeyPem: string;
  readonly grant: EnrolmentGrant;
}

/** Reads what an enrolled box keeps in its home. */
export function captureIdentity(boxHome: string): CapturedIdentity {
  const grant = enrolmentGrantSchema.parse(JSON.parse(readFileSync(join(boxHome, 'identity/grant.json'), 'utf8')));
  const { applianceId, serial } = grant;
  return { identity: { applianceId, serial }, privateKeyPem: readFileSync(join(boxHome, 'identity/key.pem'), 'utf8'), grant };
}

/** Connects to the broker with a captured identity. Rejects when the broker refuses. */
export async function connectAs(
  { privateKeyPem, grant }: CapturedIdentity,
  options: IClientOptions & SecureContextOptions = {},
): Promise<MqttClient> {
  const { hostname, port } = new URL(grant.mqttUrls[0]!);
  const client = await mqtt.connectAsync({
    host: hostname,
    port: Number(port),
    protocol: 'mqtts',
    ca: grant.caPem,
    cert: grant.certificatePem,
    key: privateKeyPem,
    protocolVersion: 5,
    clientId: 'stranger',
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...options,
  });
  client.on('error', () => undefined);
  return client;
}

/** Publishes and answers the reason code: 0 and 16 are taken, 135 is refused. */
export async function publishCode(client: MqttClient, topic: string, payload: string, retain = false): Promise<number> {
  try {
    const packet = (await client.publishAsync(topic, payload, { qos: 1, retain })) as { reasonCode?: number } | undefined;
    return packet?.reasonCode ?? 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}
