import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ApplianceView } from '@phalanx/contracts';
import { describeInLab, SteadyClient, waitUntil } from '@phalanx/testing';
import { type LabFixture, LISTEN_PORT, startLabFixture } from './lab-fixture.js';

describeInLab('a box on a test network', () => {
  let fixture: LabFixture;

  beforeAll(async () => {
    fixture = await startLabFixture();
  }, 120_000);

  afterAll(() => fixture?.stop(), 60_000);

  it('enrols over its management segment and serves clients from the outside to the origin inside', async () => {
    const { appliance } = await fixture.provision(0, { name: 'inline' });
    const client = await SteadyClient.start(fixture.client, { address: '10.10.0.11', port: LISTEN_PORT, requestsPerSecond: 50 });
    await waitUntil('answers', () => client.outcomes.length >= 20);
    const { failed } = await client.stop();
    expect(failed).toEqual([]);
    expect(new Set(fixture.origin.requests.map(({ peer }) => peer))).toEqual(new Set(['::ffff:10.20.0.11']));
    await fixture.boxes[0]!.links[2]!.cut();
    const state = () => fixture.api.get<ApplianceView>(`/api/v1/appliances/${appliance.id}`);
    await waitUntil('the box to be seen as offline', async () => !(await state()).online, { timeoutMs: 60_000 });
    await fixture.boxes[0]!.links[2]!.heal();
    await waitUntil('the box to be back', async () => (await state()).online, { timeoutMs: 60_000 });
  }, 180_000);

  it('has its guard before its engine, and its engine before its agent, wherever the processor is short', async () => {
    const [box] = fixture.stack.boxes;
    const nicenessOf = (pid: number) => [...new Set(readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread))))];
    const workers = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === box!.engine.pid);
    expect(workers.length).toBeGreaterThan(0);
    expect(nicenessOf(box!.guard!.pid)).toEqual([-10]);
    for (const pid of [box!.engine.pid, ...workers.map(Number)]) expect(nicenessOf(pid)).toEqual([-5]);
    expect(nicenessOf(box!.agent.pid)).toEqual([10]);
  });
});

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
