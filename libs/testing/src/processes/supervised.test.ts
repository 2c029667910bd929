import { afterEach, describe, expect, it } from '@jest/globals';
import { Child } from './child.js';
import { Supervised } from './supervised.js';
import { waitUntil } from './wait-until.js';

const SLEEPER = "console.log('up'); setInterval(() => undefined, 1000);";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a supervised program', () => {
  const troubles: string[] = [];
  let service: Supervised | null = null;

  afterEach(async () => {
    await service?.stop();
    troubles.length = 0;
  });

  function supervise(launch?: () => Promise<Child>): Supervised {
    service = new Supervised({
      name: 'sleeper',
      onTrouble: (message) => troubles.push(message),
      launch:
        launch ??
        (async () => {
          const child = new Child({ command: process.execPath, args: ['-e', SLEEPER] });
          await child.line(/up/);
          return child;
        }),
    });
    return service;
  }

  it('is started again when it is killed, and says so', async () => {
    const sleeper = supervise();
    await sleeper.start();
    const first = sleeper.pid;
    sleeper.kill('SIGKILL');
    await waitUntil('another process', () => sleeper.pid !== 0 && sleeper.pid !== first);
    expect(sleeper.restarts).toBe(1);
    expect(troubles).toEqual(['sleeper ended (SIGKILL) and is started again']);
  });

  it('leaves no process behind when it is stopped, also while it is down', async () => {
    const sleeper = supervise();
    await sleeper.start();
    const pid = sleeper.pid;
    await sleeper.stop();
    expect(isAlive(pid)).toBe(false);
    await sleeper.stop();
    expect(sleeper.restarts).toBe(0);
  });

  it('tells its first caller why it can’t be started', async () => {
    const broken = supervise(async () => {
      const child = new Child({ command: process.execPath, args: ['-e', "console.error('no disk'); process.exit(3)"] });
      await child.line(/up/);
      return child;
    });
    await expect(broken.start()).rejects.toThrow(/ended with 3[\s\S]*no disk/);
  });
});
