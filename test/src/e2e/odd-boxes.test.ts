import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import type { ApplianceView, ClaimCreated, EnrolmentView, EventView, HealthView, Page } from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';
import {
  type Box,
  exchange,
  provisionBox,
  type ProvisionedBox,
  publishCrs,
  setLevel,
  shiftedClock,
  type TrafficRequest,
  type TrafficTarget,
  waitInSync,
  waitUntil,
} from '@phalanx/testing';
import { captureIdentity, connectAs } from './captured-identity.js';
import { asOwner, storedSums } from './database.js';
import { type E2eFixture, startFixture } from './fixture.js';

const ATTACK = { method: 'GET', path: "/product?id=1'%20or%201=1--" } as const;
const REQUEST_ID = /\b[0-9a-f]{32}\b/;
const PAUSE_MS = 60_000;
const AFTER_PAUSE_MS = 10_000;

describe('boxes that are odd', () => {
  let fixture: E2eFixture;
  let steady: ProvisionedBox;
  let reinstalled: ProvisionedBox;
  let old: ProvisionedBox;
  let future: ProvisionedBox;

  const health = (box: ProvisionedBox) => fixture.api.get<HealthView>(`/api/v1/appliances/${box.appliance.id}/health`);

  const doorOf = (box: ProvisionedBox): TrafficTarget => ({ host: '127.0.0.1', port: box.application.listenPort, name: 'shop.example' });
  const statusOf = async (box: ProvisionedBox, request: TrafficRequest) => (await exchange(doorOf(box), request)).status;

  /** Sends attacks and answers the request ids of their refusals. */
  async function attack(box: ProvisionedBox, times: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < times; i++) {
      const answer = await exchange(doorOf(box), ATTACK);
      expect(answer.status).toBe(403);
      ids.push(REQUEST_ID.exec(answer.body.toString('latin1'))![0]);
    }
    return ids;
  }

  /** Waits until exactly these refusals of the box are stored. */
  async function expectStored(box: ProvisionedBox, ids: readonly string[]): Promise<void> {
    const stored = () => storedSums(fixture.stack.databaseUrl, box.appliance.id);
    await waitUntil(
      'all refusals to be stored',
      async () => {
        const { requestIds } = await stored();
        const missing = ids.filter((id) => !requestIds.includes(id));
        if (missing.length > 0) throw new Error(`${missing.length} of ${ids.length} are missing`);
        return true;
      },
      { timeoutMs: 45_000, intervalMs: 100 },
    );
    const { requestIds, lost } = await stored();
    expect(requestIds.toSorted()).toEqual(ids.toSorted());
    expect(lost).toBe(0);
  }

  const addBox = (name: string, environment?: NodeJS.ProcessEnv): Promise<Box> =>
    fixture.stack.addBox({ name, workers: 1, ...(environment ? { environment } : {}) });

  beforeAll(async () => {
    fixture = await startFixture();
    await publishCrs(fixture.api);
    const provision = (name: string) => provisionBox(fixture.stack, fixture.api, { name, upstreamPort: fixture.shopPort });
    [steady, reinstalled, old, future] = (await Promise.all(['steady', 'reinstalled', 'of-1970', 'of-2099'].map(provision))) as [
      ProvisionedBox,
      ProvisionedBox,
      ProvisionedBox,
      ProvisionedBox,
    ];
  }, 240_000);

  afterAll(async () => fixture?.stop(), 60_000);

  it('is re-installed from nothing with a new claim: no event is lost, and the old identity ends', async () => {
    const before = await attack(reinstalled, 20);
    await expectStored(reinstalled, before);
    const { id, name } = reinstalled.appliance;
    await reinstalled.box.stop();
    rmSync(fixture.stack.boxHome(name), { recursive: true });
    const claim = await fixture.api.post<ClaimCreated>(`/api/v1/appliances/${id}/claims`, { validMinutes: 10 });
    await fixture.stack.addBox({
      name,
      workers: 1,
      claim: { secret: claim.claim, enrolmentUrl: claim.enrolmentUrls[0]!, caFingerprint: claim.caFingerprint },
    });
    const enrolments = await waitUntil(
      'the new identity to be the active one',
      async () => {
        const all = await fixture.api.all<EnrolmentView>(`/api/v1/enrolments?applianceId=${id}`);
        return all.length === 2 && all[0]!.state === 'active' ? all : null;
      },
      { timeoutMs: 60_000 },
    );
    expect(enrolments.map((enrolment) => enrolment.state)).toEqual(['active', 'superseded']);
    await waitUntil('the new box to serve', async () => (await statusOf(reinstalled, { method: 'GET', path: '/' })) === 200, {
      timeoutMs: 60_000,
    });
    const after = await attack(reinstalled, 20);
    await expectStored(reinstalled, [...before, ...after]);
    await waitInSync(fixture.api, id);
  }, 180_000);

  it.each([
    ['1970', () => old, Date.UTC(1970, 0, 2)],
    ['2099', () => future, Date.UTC(2099, 5, 1)],
  ])(
    'says that it is %s: it ships every event, shows its offset, keeps what runs and takes nothing new until its clock is right',
    async (year, of, shownMs) => {
      const box = of();
      const { id, name } = box.appliance;
      const offsetMs = Date.now() - shownMs;
      await box.box.stop();
      const odd = await addBox(name, shiftedClock(-offsetMs));
      const startedAt = new Date(Date.now() - 60_000).toISOString();
      await waitUntil('the box to serve', async () => (await statusOf(box, ATTACK)) === 403, { timeoutMs: 60_000, intervalMs: 100 });
      const { requestIds: early } = await storedSums(fixture.stack.databaseUrl, id);
      const measured = await waitUntil(
        'the offset to be measured',
        async () => {
          const { clockOffsetMs } = await health(box);
          return clockOffsetMs !== null && Math.abs(clockOffsetMs) > 86_400_000 ? clockOffsetMs : null;
        },
        { timeoutMs: 30_000, intervalMs: 100 },
      );
      expect(Math.abs(measured - offsetMs)).toBeLessThan(10_000);

      const refused = await attack(box, 20);
      const events = await waitUntil(
        'the events to be readable',
        async () => {
          const items = await fixture.api.all<EventView>(`/api/v1/events?applianceId=${id}&kind=attack&from=${startedAt}`);
          const found = items.filter((event) => event.kind === 'attack' && refused.includes(event.requestId));
          return found.length === refused.length ? found : null;
        },
        { timeoutMs: 45_000, intervalMs: 100 },
      );
      // Placed by the controller's clock, with the box's own beside it.
      for (const event of events) {
        expect(Math.abs(Date.parse(event.occurredAt) - Date.parse(event.receivedAt))).toBeLessThan(60_000);
        expect(event.time.slice(0, 4)).toBe(year);
      }

      await setLevel(fixture.api, box.application.id, 'detection');
      const pending = await waitUntil(
        'the box to say that it has no trusted time',
        async () => {
          const state = await fixture.api.get<ApplianceView>(`/api/v1/appliances/${id}`);
          if (state.syncState === 'in-sync' || !/clock|ended to hold/.test(state.syncReason ?? ''))
            throw new Error(`${state.syncState}: ${state.syncReason}`);
          return state;
        },
        { timeoutMs: 45_000, intervalMs: 100 },
      );
      console.log(`a box of ${year}: offset ${Math.round(measured)} ms, ${pending.syncState}: ${pending.syncReason}`);
      // It goes on refusing by the policy that it has.
      const still = await attack(box, 5);

      await odd.stop();
      await addBox(name);
      await waitInSync(fixture.api, id);
      await waitUntil('the change to have arrived', async () => (await statusOf(box, ATTACK)) !== 403, { timeoutMs: 30_000 });
      const { clockOffsetMs } = await waitUntil(
        'the right offset',
        async () => {
          const state = await health(box);
          return state.clockOffsetMs !== null && Math.abs(state.clockOffsetMs) < 2_000 ? state : null;
        },
        { timeoutMs: 30_000, intervalMs: 100 },
      );
      expect(Math.abs(clockOffsetMs!)).toBeLessThan(2_000);
      const { requestIds, lost } = await storedSums(fixture.stack.databaseUrl, id);
      for (const requestId of [...early, ...refused, ...still]) expect(requestIds).toContain(requestId);
      expect(new Set(requestIds).size).toBe(requestIds.length);
      expect(lost).toBe(0);
    },
    180_000,
  );

  it('is not shown offline for a connection that was taken over once, nor for a pause of the ingress', async () => {
    const { id, name } = steady.appliance;
    const seen: { at: number; online: boolean; reason: string | null }[] = [];
    const startedAt = performance.now();
    let isWatching = true;
    const watching = asOwner(fixture.stack.databaseUrl, async (client) => {
      while (isWatching) {
        const { rows } = await client.query<{ online: boolean; reason: string | null }>(
          'select online, offline_reason as reason from appliance_status where appliance_id = $1',
          [id],
        );
        seen.push({ at: Math.round(performance.now() - startedAt), ...rows[0]! });
        await sleep(100);
      }
    });
    const beats = async () => (await health(steady)).lastSeenAt;
    try {
      // The broker names every client by its certificate, so this one takes the connection of the box.
      const other = await connectAs(captureIdentity(fixture.stack.boxHome(name)));
      other.stream.destroy();
      const taken = await beats();
      await waitUntil('the box to be heard again', async () => (await beats()) !== taken, { timeoutMs: 30_000 });
      await sleep(5_000);

      process.kill(fixture.stack.controller.pid, 'SIGSTOP');
      const duringPause = [];
      try {
        await sleep(PAUSE_MS / 2);
        duringPause.push(...(await attack(steady, 5)));
        await sleep(PAUSE_MS / 2);
      } finally {
        process.kill(fixture.stack.controller.pid, 'SIGCONT');
      }
      await sleep(AFTER_PAUSE_MS);
      await expectStored(steady, duringPause);
    } finally {
      isWatching = false;
      await watching;
    }
    console.log(`looked ${seen.length} times over ${Math.round((performance.now() - startedAt) / 1000)} s`);
    expect(seen.filter((look) => !look.online)).toEqual([]);
    const { items } = await fixture.api.get<Page<EnrolmentView>>(`/api/v1/enrolments?applianceId=${id}`);
    expect(items.map((enrolment) => enrolment.state)).toEqual(['active']);
    await waitInSync(fixture.api, id);
  }, 180_000);
});
