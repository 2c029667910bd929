import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type BlockProofView, type BoxBlockView, DEFAULT_NETWORK_POLICY, type EventView, type NetworkPolicy } from '@phalanx/contracts';
import { describeInLab, type LabHost, type ProvisionedBox, SteadyClient, waitInSync, waitUntil } from '@phalanx/testing';
import { type LabFixture, LISTEN_PORT, startLabFixture } from './lab-fixture.js';

const ATTACKER = '10.10.0.66';
const BOXES = 3;

describeInLab('addresses that the fleet refuses', () => {
  let fixture: LabFixture;
  const boxes: ProvisionedBox[] = [];

  const addressOf = (index: number) => `10.10.0.${11 + index}`;
  /** Whether a host gets an answer of the application through a box. */
  const isServed = async (host: LabHost, index: number) => {
    const url = `http://${addressOf(index)}:${LISTEN_PORT}/`;
    return (await host.attempt('curl', ['-s', '-o', '/dev/null', '--max-time', '1', '--noproxy', '*', url])).code === 0;
  };
  const block = (address: string) =>
    fixture.api.post<{ ids: string[] }>('/api/v1/blocks', {
      tenantId: null,
      clusterId: null,
      addresses: [address],
      reason: 'an attack',
      expiresInSeconds: 3600,
    });
  const proofOf = async (id: string) => (await fixture.api.get<BlockProofView>(`/api/v1/blocks/${id}/proof`)).items;

  beforeAll(async () => {
    fixture = await startLabFixture({ boxes: BOXES });
    for (let index = 0; index < BOXES; index++) boxes.push(await fixture.provision(index, { name: `box-${index + 1}` }));
  }, 240_000);

  afterAll(() => fixture?.stop(), 60_000);

  it('are in every box’s kernel, proven by reading back, within moments of one call', async () => {
    expect(await Promise.all(boxes.map((_, index) => isServed(fixture.attacker, index)))).toEqual([true, true, true]);
    const times: number[] = [];
    for (const address of [ATTACKER, '203.0.113.1', '203.0.113.2', '2001:db8::1', '203.0.113.0/28']) {
      const began = performance.now();
      const { ids } = await block(address);
      for (const id of ids)
        await waitUntil(
          `the proof for ${address}`,
          async () => {
            const items = await proofOf(id);
            if (items.some(({ state }) => state !== 'in-kernel')) throw new Error(JSON.stringify(items));
            return true;
          },
          { timeoutMs: 30_000, intervalMs: 20 },
        );
      times.push(Math.round(performance.now() - began));
      for (const host of fixture.boxes) expect(await host.run('nft', ['list', 'table', 'inet', 'phalanx_blocks'])).toContain(address);
    }
    console.log(`blocked on ${BOXES} boxes and proven after ${times.join(', ')} ms`);
    expect(await Promise.all(boxes.map((_, index) => isServed(fixture.attacker, index)))).toEqual([false, false, false]);
    expect(await Promise.all(boxes.map((_, index) => isServed(fixture.client, index)))).toEqual([true, true, true]);
    expect(Math.min(...times)).toBeLessThan(1_000);
  }, 120_000);

  it('are let through again when the block is removed', async () => {
    const { ids } = await block(ATTACKER);
    for (const id of ids) await fixture.api.ok('DELETE', `/api/v1/blocks/${id}`);
    await waitUntil('the attacker to be served', () => isServed(fixture.attacker, 0), { timeoutMs: 30_000 });
  }, 60_000);

  it('are found by the engine too: who floods it is refused by it, then by the kernel, while others are served', async () => {
    const [box] = boxes;
    const { application, appliance, clusterId, tenantId } = box!;
    const document = { settings: { level: 'prevention', limits: { requestsPerSecond: 20 } }, locks: [] };
    await fixture.api.change('PUT', `/api/v1/policies/applications/${application.id}`, { document, comment: '' });
    const refusals = { enabled: true, count: 50, windowSeconds: 10, blockSeconds: 300 };
    const policy: NetworkPolicy = {
      ...DEFAULT_NETWORK_POLICY,
      protections: { ...DEFAULT_NETWORK_POLICY.protections, refusals },
    };
    const written = { policy, members: [], comment: 'test' };
    await fixture.api.ok('PUT', `/api/v1/clusters/${clusterId}/network`, written, { 'if-match': '"0"' });
    await waitInSync(fixture.api, appliance.id);
    const steady = await SteadyClient.start(fixture.client, { address: addressOf(0), port: LISTEN_PORT, requestsPerSecond: 10 });
    const flood = await SteadyClient.start(fixture.attacker, { address: addressOf(0), port: LISTEN_PORT, requestsPerSecond: 100 });
    const own = () => fixture.api.all<BoxBlockView>(`/api/v1/box-blocks?applianceId=${appliance.id}`);
    const [found] = await waitUntil(
      'the attacker to be blocked by the box',
      async () => {
        const blocks = (await own()).filter(({ address }) => address === ATTACKER);
        return blocks.length > 0 ? blocks : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(found).toMatchObject({ reason: 'engine', address: ATTACKER });
    expect(await isServed(fixture.attacker, 0)).toBe(false);
    await flood.stop();
    expect((await steady.stop()).failed).toEqual([]);
    const event = await waitUntil(
      'the event',
      async () => {
        const events = await fixture.api.all<EventView>(`/api/v1/events?kind=network&applianceId=${appliance.id}`);
        return events.find((one) => one.kind === 'network' && one.threat === 'refused-source');
      },
      { timeoutMs: 30_000 },
    );
    expect(event).toMatchObject({ source: ATTACKER, action: 'blocked' });
    await fixture.api.post('/api/v1/blocks/release', { tenantId, address: ATTACKER, reason: 'a mistake', forSeconds: 600 });
    await waitUntil('the attacker to be served again', () => isServed(fixture.attacker, 0), { timeoutMs: 30_000 });
  }, 120_000);
});
