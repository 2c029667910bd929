import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Heartbeat } from '@phalanx/contracts';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { type IngressFixture, startIngressFixture, type TestBox } from '../../testing/ingress-fixture.js';
import { addSample, type ClockWindow, estimateClock } from './box-clock.js';
import { HealthMinutesRepository } from './health-minutes.repository.js';

let fixture: IngressFixture;
beforeAll(async () => {
  fixture = await startIngressFixture();
}, 60_000);
afterAll(() => fixture.stop());
beforeEach(async () => {
  fixture.link.connectedSince = new Date(0);
  await fixture.owner.query('truncate appliance_health, appliance_status, ingress_replicas, health_minutes');
});

let monotonicMs = 1_000;
function heartbeat(connectionId: string, changes: Partial<Heartbeat> = {}): Heartbeat {
  return {
    version: 1,
    connectionId,
    sequence: 1,
    time: new Date().toISOString(),
    bootId: 'boot-1',
    monotonicMs: (monotonicMs += 10),
    agentVersion: '1.0.0',
    engineVersion: '2.0.0',
    certificateNotAfter: '2030-01-01T00:00:00.000Z',
    box: {
      cpu: 0.5,
      load1: 1,
      memoryUsedBytes: 100,
      memoryTotalBytes: 200,
      diskUsedBytes: 10,
      diskTotalBytes: 20,
      uptimeSeconds: 9,
      spoolBytes: 0,
      spoolRecords: 0,
    },
    engine: null,
    network: null,
    guard: null,
    capabilities: [],
    reported: { version: 1, revision: 0, order: null, facets: [], workersWanted: 0, workers: [], hasTrustedTime: true, ha: null },
    ...changes,
  };
}

const take = (box: TestBox, beat: Heartbeat, receivedAt = new Date()) => fixture.health.takeHeartbeat({ ...box, receivedAt }, beat);
const presence = (box: TestBox, connectionId: string, state: 'online' | 'offline') =>
  fixture.health.takePresence({ ...box, receivedAt: new Date() }, { connectionId, state });

async function statusOf(box: TestBox) {
  const [row] = await fixture.owner.query<{ online: boolean; offline_reason: string | null; agent_version: string | null }[]>(
    'select online, offline_reason, agent_version from appliance_status where appliance_id = $1',
    [box.applianceId],
  );
  return row;
}

/** Lets the database believe that this much time passed for the box. */
async function pass(box: TestBox, seconds: number): Promise<void> {
  await fixture.owner.query(
    `update appliance_health set heard_at = heard_at - $2 * interval '1 second', offline_due_at = offline_due_at - $2 * interval '1 second'
      where appliance_id = $1`,
    [box.applianceId, seconds],
  );
}

/** A sweep of an ingress process that has been receiving for long. */
async function sweep(): Promise<void> {
  const one = fixture.newSweep();
  // As if it had started an hour ago.
  Object.assign(one, { resumedAtMs: performance.now() - 3_600_000 });
  await one.tick(performance.now());
  await one.onApplicationShutdown();
}

describe('presence of boxes', () => {
  it('goes offline by the will of the current connection, after a grace', async () => {
    const [box] = fixture.boxes;
    await presence(box, 'connection-1', 'online');
    await take(box, heartbeat('connection-1'));
    expect(await statusOf(box)).toMatchObject({ online: true, agent_version: '1.0.0' });
    await presence(box, 'connection-1', 'offline');
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: true });
    await pass(box, 3);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: false, offline_reason: 'the connection broke' });
    await presence(box, 'connection-2', 'online');
    expect(await statusOf(box)).toMatchObject({ online: true, offline_reason: null, agent_version: '1.0.0' });
  });

  it.each([
    ['after', ['online-2', 'offline-1']],
    ['before', ['offline-1', 'online-2']],
  ])('ignores the old will of a takeover that arrives %s the new connection’s word', async (_, words) => {
    const [box] = fixture.boxes;
    await presence(box, 'connection-1', 'online');
    for (const word of words) {
      const [state, number] = word.split('-') as ['online' | 'offline', string];
      await presence(box, `connection-${number}`, state);
    }
    await pass(box, 10);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: true });
  });

  it('does not come back by a late message of a connection that is over', async () => {
    const [box] = fixture.boxes;
    await take(box, heartbeat('connection-1'));
    await presence(box, 'connection-1', 'offline');
    expect(await take(box, heartbeat('connection-1'))).toBe(false);
    await presence(box, 'connection-1', 'online');
    await pass(box, 3);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: false });
    // The end of a connection that is not known yet outruns its beginning.
    await presence(box, 'connection-3', 'offline');
    await presence(box, 'connection-3', 'online');
    expect(await statusOf(box)).toMatchObject({ online: false });
  });

  it('raises an alarm once when its clock goes wrong by more than 2 s, and once when it is right again', async () => {
    const [box] = fixture.boxes;
    await presence(box, 'connection-1', 'online');
    let bootMs = 5_000;
    for (const [index, aheadMs] of [0, 90_000, 90_000, 0, 0].entries()) {
      const now = new Date();
      const time = new Date(now.getTime() + aheadMs).toISOString();
      await take(box, heartbeat('connection-1', { bootId: `clock-${index}`, time, monotonicMs: (bootMs += 10) }), now);
    }
    const told = fixture.trail.entries.filter(({ subject }) => subject === `appliance:${box.applianceId}`);
    expect(told.map(({ action }) => action)).toEqual(['appliance.clock-off', 'appliance.clock-right']);
    expect(told[0]!.details?.['offsetMs']).toBe(-90_000);
  });

  it('goes offline after 30 s of silence', async () => {
    const [box, other] = fixture.boxes;
    for (const one of [box, other]) await take(one, heartbeat('connection-1'));
    await pass(box, 31);
    await pass(other, 29);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: false, offline_reason: 'no heartbeat for 30 s' });
    expect(await statusOf(other)).toMatchObject({ online: true });
    await take(box, heartbeat('connection-1'));
    expect(await statusOf(box)).toMatchObject({ online: true });
  });

  it('forgets nothing of an appliance that is gone, and knows none that never was', async () => {
    const gone = { tenantId: fixture.boxes[0].tenantId, applianceId: randomUUID() };
    expect(await take(gone, heartbeat('connection-1'))).toBe(false);
    const foreign = { tenantId: fixture.boxes[2].tenantId, applianceId: fixture.boxes[0].applianceId };
    expect(await take(foreign, heartbeat('connection-1'))).toBe(false);
    expect(await statusOf(fixture.boxes[0])).toBeUndefined();
  });
});

describe('silence is counted only while the ingress was receiving', () => {
  const silentBox = async () => {
    const [box] = fixture.boxes;
    await take(box, heartbeat('connection-1'));
    await pass(box, 61);
    return box;
  };

  it('not after the process stood still for 60 s', async () => {
    const box = await silentBox();
    const sweepOfPaused = fixture.newSweep();
    const nowMs = performance.now();
    Object.assign(sweepOfPaused, { resumedAtMs: nowMs - 3_600_000, tickedAtMs: nowMs - 60_000 });
    await sweepOfPaused.tick(nowMs);
    expect(await statusOf(box)).toMatchObject({ online: true });
    // 31 s later there was still no word.
    Object.assign(sweepOfPaused, { resumedAtMs: nowMs - 31_000, tickedAtMs: nowMs - 1_000 });
    await sweepOfPaused.tick(nowMs);
    expect(await statusOf(box)).toMatchObject({ online: false });
  });

  it('not while there is no connection to the broker, nor right after it came back', async () => {
    const box = await silentBox();
    fixture.link.connectedSince = null;
    await sweep();
    fixture.link.connectedSince = new Date(Date.now() - 20_000);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: true });
    fixture.link.connectedSince = new Date(Date.now() - 31_000);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: false });
  });

  it('not while another ingress process has stopped ticking, and not until a while after it is gone', async () => {
    const box = await silentBox();
    const other = (secondsAgo: number) =>
      fixture.owner.query(
        `insert into ingress_replicas (id, receiving_since, ticked_at)
         values ($1, now() - interval '1 hour', now() - $2 * interval '1 second')
         on conflict (id) do update set ticked_at = excluded.ticked_at`,
        ['00000000-0000-4000-8000-000000000001', secondsAgo],
      );
    for (const secondsAgo of [10, 25, 49]) {
      await other(secondsAgo);
      await sweep();
      expect([secondsAgo, await statusOf(box)]).toEqual([secondsAgo, expect.objectContaining({ online: true })]);
    }
    await other(51);
    await sweep();
    expect(await statusOf(box)).toMatchObject({ online: false });
  });
});

describe('figures of boxes', () => {
  it('are kept by minute, each heartbeat once', async () => {
    const [box] = fixture.boxes;
    const engine = {
      windowMs: 10_000,
      requests: 500,
      blocked: 50,
      detected: 0,
      statusClasses: { informational: 0, success: 450, redirect: 0, clientError: 50, serverError: 0 },
      latencyMs: { p50: 2, p90: 5, p99: 9, max: 20 },
      inspectionMs: null,
      connections: 3,
      eventsWritten: 50,
      eventsLost: 0,
    };
    const at = new Date('2026-11-21T10:00:05.000Z');
    const beats = [
      heartbeat('connection-1', { engine }),
      heartbeat('connection-1', { engine: { ...engine, requests: 1500, latencyMs: { p50: 4, p90: 5, p99: 30, max: 31 } } }),
      heartbeat('connection-1'),
    ];
    for (const beat of [...beats, ...beats]) await take(box, beat, at);
    const rows = await fixture.database.run(scopeOfTenant(box.tenantId), () =>
      new HealthMinutesRepository(fixture.database).read(box.applianceId, '2026-11-21T10:00:00.000Z', '2026-11-21T10:01:00.000Z', 1),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      heartbeats: '3',
      cpu: 0.5,
      requestsPerSecond: 100,
      blockedPerSecond: 5,
      latencyP50Ms: 3.5,
      latencyP99Ms: 30,
    });
  });

  it('of another tenant are not there', async () => {
    await take(fixture.boxes[0], heartbeat('connection-1'));
    for (const table of ['appliance_health', 'health_minutes']) {
      const count = (tenantId: string) =>
        fixture.database.run(scopeOfTenant(tenantId), (em) => em.query<unknown[]>(`select 1 from ${table}`).then((rows) => rows.length));
      expect([table, await count(fixture.boxes[0].tenantId), await count(fixture.boxes[2].tenantId)]).toEqual([table, 1, 0]);
    }
  });
});

describe('clocks of boxes', () => {
  it('are estimated by the quickest heartbeat, and follow a wall clock that is set at once', () => {
    let window: ClockWindow | null = null;
    const delays = [40, 3, 900, 12, 30];
    let wallErrorMs = -86_400_000;
    delays.forEach((delay, index) => {
      const trueMs = 1_700_000_000_000 + index * 10_000;
      if (index === 4) wallErrorMs = 90_000;
      window = addSample(window, {
        bootId: 'b',
        monotonicMs: 5_000 + index * 10_000,
        wallMs: trueMs + wallErrorMs,
        receivedAtMs: trueMs + delay,
      });
    });
    const clock = estimateClock(window!);
    expect(clock.monotonicOffsetMs).toBe(1_700_000_000_000 - 5_000 + 3);
    expect(clock.wallOffsetMs).toBe(-90_000 + 3);
    expect(clock.uncertaintyMs).toBe(20 + 27);
    const reboot = addSample(window, { bootId: 'c', monotonicMs: 0, wallMs: 0, receivedAtMs: 1_000 });
    expect(estimateClock(reboot)).toMatchObject({ bootId: 'c', monotonicOffsetMs: 1_000, uncertaintyMs: 1_000 });
  });
});
