import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@phalanx/testing';
import { BrokerFiles } from './broker-files.js';
import { ReservedPorts } from './reserved-ports.js';

describe('reserved ports', () => {
  const home = mkdtempSync(join(tmpdir(), 'phalanx-ports-'));
  const ports = new ReservedPorts({ PHALANX_HOME: home } as never);
  const host = '127.0.0.1';
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('are free ones, apart from each other, and the same ever after', async () => {
    expect(() => ports.portOf('mqtt', 0)).toThrow('run `controller prepare` first');
    const wanted = { mqtt: { configured: 0, host, isOurs: false }, control: { configured: 0, host, isOurs: false } };
    await ports.reserve(wanted);
    const [mqtt, control] = [ports.portOf('mqtt', 0), ports.portOf('control', 0)];
    expect(mqtt).not.toBe(control);
    await ports.reserve(wanted);
    expect([ports.portOf('mqtt', 0), ports.portOf('control', 0)]).toEqual([mqtt, control]);
    expect(ports.portOf('mqtt', 1234)).toBe(1234);
  });

  it('are replaced when somebody else took them, unless that is our own broker', async () => {
    await ports.reserve({ taken: { configured: 0, host, isOurs: false } });
    const before = ports.portOf('taken', 0);
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(before, host, resolve));
    try {
      await ports.reserve({ taken: { configured: 0, host, isOurs: true } });
      expect(ports.portOf('taken', 0)).toBe(before);
      await ports.reserve({ taken: { configured: 0, host, isOurs: false } });
      expect(ports.portOf('taken', 0)).not.toBe(before);
      await expect(ports.reserve({ taken: { configured: before, host, isOurs: false } })).rejects.toMatchObject({
        kind: 'invalid',
        code: 'broker.port-taken',
      });
    } finally {
      squatter.close();
    }
    await ports.reserve({ configured: { configured: await freePort(), host, isOurs: false } });
  });
});

describe('a broker of somebody else', () => {
  const filesWith = (config: object) =>
    new BrokerFiles(null as never, null as never, null as never, null as never, null as never, config as never);

  it('is refused at the start when nobody could be locked out of it', () => {
    expect(() => filesWith({ MQTT_URL: 'mqtts://broker.example:8883' }).onModuleInit()).toThrow(/PHALANX_BROKER_ADAPTER/);
    filesWith({ MQTT_URL: 'mqtts://broker.example:8883', PHALANX_BROKER_ADAPTER: 'mosquitto' }).onModuleInit();
    filesWith({}).onModuleInit();
  });
});
