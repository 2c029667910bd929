import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '@phalanx/kit';
import { Roles } from '../../platform/roles.js';
import { BrokerAdmin } from './broker-admin.js';
import { BrokerUpkeep } from './broker-upkeep.js';

class CountingAdmin extends BrokerAdmin {
  refreshed = 0;
  isBroken = false;
  async revoke(): Promise<void> {}
  async refresh(): Promise<void> {
    this.refreshed++;
    if (this.isBroken) throw new Error('the disk is full');
  }
}

const HOUR_MS = 3_600_000;
const changes = { emit: async () => undefined, consume: () => undefined };

describe('the upkeep of the revocation list', () => {
  const admin = new CountingAdmin();
  const upkeepWith = (roles: Roles) => new BrokerUpkeep(admin, roles, changes as never, { PHALANX_CRL_HOURS: 168 } as never, silentLogger);

  beforeEach(() => {
    admin.refreshed = 0;
    admin.isBroken = false;
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('installs a new one at the start and whenever a quarter of its life is over', async () => {
    const upkeep = upkeepWith(new Roles(['ingress']));
    upkeep.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    expect(admin.refreshed).toBe(1);
    await jest.advanceTimersByTimeAsync(41 * HOUR_MS);
    expect(admin.refreshed).toBe(1);
    await jest.advanceTimersByTimeAsync(1.1 * HOUR_MS);
    expect(admin.refreshed).toBe(2);
    upkeep.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(200 * HOUR_MS);
    expect(admin.refreshed).toBe(2);
  });

  it('tries again within minutes when that failed, days before the old one runs out', async () => {
    admin.isBroken = true;
    const upkeep = upkeepWith(new Roles(['ingress']));
    upkeep.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(5 * 60_000 + 1_000);
    expect(admin.refreshed).toBe(6);
    upkeep.onApplicationShutdown();
  });

  it('is the work of processes with the role ingress', async () => {
    const upkeep = upkeepWith(new Roles(['api']));
    upkeep.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(HOUR_MS);
    expect(admin.refreshed).toBe(0);
  });
});
