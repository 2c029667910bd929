import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Child, freePort, waitUntil } from '@phalanx/testing';
import { BrokerFolder } from './broker-folder.js';
import { BrokerProcess } from './broker-process.js';

describe('the broker’s process', () => {
  const home = mkdtempSync(join(tmpdir(), 'phalanx-broker-'));
  const folder = new BrokerFolder({ PHALANX_HOME: home } as never, { PHALANX_BROKER_DIR: home } as never);
  let child: Child | null = null;
  afterEach(async () => {
    await child?.stop();
    child = null;
    rmSync(folder.processId, { force: true });
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('is not taken for one when there is no pid file, or it names a stranger', async () => {
    const broker = new BrokerProcess(folder);
    expect(broker.pid()).toBeNull();
    writeFileSync(folder.processId, String(process.pid));
    expect(broker.pid()).toBeNull();
    expect(await broker.reload()).toBe(false);
    writeFileSync(folder.processId, '1');
    expect(broker.pid()).toBeNull();
  });

  it('survives being told to reload at any moment of its start', async () => {
    for (let round = 0; round < 5; round++) {
      writeFileSync(folder.configuration, `user root\npid_file ${folder.processId}\nlistener ${await freePort()} 127.0.0.1\n`);
      child = new Child({ command: '/usr/sbin/mosquitto', args: ['-c', folder.configuration] });
      const broker = new BrokerProcess(folder);
      await waitUntil('the broker to be signalled', () => broker.reload(), { intervalMs: 1 });
      await child.line(/mosquitto version .* running/);
      expect(child.running).toBe(true);
      await child.stop();
      rmSync(folder.processId, { force: true });
    }
  });
});
