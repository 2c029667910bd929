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
});
