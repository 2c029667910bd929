import assert from 'node:assert/strict';
import type { ApplianceView, NetworkPolicy } from '@phalanx/contracts';
import { monotonicMs, type ProvisionedBox, SteadyClient, waitInSync, waitUntil } from '@phalanx/testing';
import { type LabFixture, LISTEN_PORT, startLabFixture } from '../e2e/lab-fixture.js';
import { facetOf, GUARDED, INTERFACES, runNetwork, waitFacet, writeNetwork } from '../e2e/network/network-policy.js';
import type { Say, Scenario } from './scenario.js';

const CONFIRM_SECONDS = 10;
/** Beyond the set time: undoing itself, a connection anew, and being told. */
const AFTERWARDS_SECONDS = 25;
const GOOD: NetworkPolicy = { ...GUARDED, confirmSeconds: CONFIRM_SECONDS };

/** Somebody means to stop a worm and names the first bytes of every TLS record: the controller's among them. */
const CUTS_THE_CORD: NetworkPolicy = {
  ...GOOD,
  payloadRules: [
    ...GOOD.payloadRules,
    {
      name: 'too-much',
      enabled: true,
      protocol: 'tcp',
      ports: [],
      matches: [{ offset: 0, bytes: '1703' }],
      action: 'drop',
      blockSeconds: 0,
    },
  ],
};
/** Or sends the controller's packets to a neighbour that isn't there. */
const ROUTED_AWAY = { ...INTERFACES, routes: [{ to: '10.30.0.1/32', via: '10.20.0.250', interface: 'eth1' }] };

interface CordWorld {
  readonly fixture: LabFixture;
  readonly box: ProvisionedBox;
  readonly other: ProvisionedBox;
}

/** Network policies that cut a box off from its controller. */
export const cordCut: Scenario<CordWorld> = {
  number: 12,
  title: 'a policy cuts the cord',
  notThereYet: ['the rest of the wave is held (campaigns come later; until then a change goes to the boxes of one cluster)'],
  open: async () => {
    const fixture = await startLabFixture({ boxes: 2 });
    const box = await fixture.provision(0, { name: 'cut' });
    const other = await fixture.provision(1, { name: 'spared', tenantId: box.tenantId });
    for (const one of [box, other]) await runNetwork(fixture.api, one, GOOD);
    return { fixture, box, other };
  },
  steps: [
    {
      title: 'nftables rules that drop the controller’s packets are undone by the box within the set time, and the reason is reported',
      run: (world, say) => isUndone(world, say, () => writeNetwork(world.fixture.api, world.box, CUTS_THE_CORD)),
      timeoutMs: 120_000,
    },
    {
      title: 'so is a route that leads the controller’s packets astray',
      run: (world, say) => isUndone(world, say, () => writeNetwork(world.fixture.api, world.box, GOOD, ROUTED_AWAY)),
      timeoutMs: 120_000,
    },
    {
      title: 'a policy that is right is taken after that',
      run: async ({ fixture, box }) => {
        const right = { ...GOOD, payloadRules: [] };
        await runNetwork(fixture.api, box, right);
        await waitInSync(fixture.api, box.appliance.id);
      },
    },
    {
      title: 'other boxes kept theirs all the while',
      run: async ({ fixture, other }) => {
        assert.equal((await facetOf(fixture.api, other.appliance.id, 'network'))?.state, 'applied');
      },
    },
  ],
  close: ({ fixture }) => fixture.stop(),
};

async function isUndone({ fixture, box }: CordWorld, say: Say, change: () => Promise<unknown>): Promise<void> {
  const { api, client: host } = fixture;
  await runNetwork(api, box, GOOD);
  const before = await waitFacet(api, box.appliance.id, 'network', 'applied');
  const client = await SteadyClient.start(host, { address: '10.10.0.11', port: LISTEN_PORT, requestsPerSecond: 20, keepAlive: true });
  const startedMs = monotonicMs();
  await change();
  const failed = await waitFacet(api, box.appliance.id, 'network', 'failed', (CONFIRM_SECONDS + AFTERWARDS_SECONDS) * 1000);
  const seconds = (monotonicMs() - startedMs) / 1000;
  assert.match(failed.reason ?? '', /controller/i);
  assert.equal(failed.renderedDigest, before.renderedDigest, 'what runs is what ran before');
  assert.equal(failed.expectedDigest, before.expectedDigest);
  await waitUntil('the box to be online', async () => (await api.get<ApplianceView>(`/api/v1/appliances/${box.appliance.id}`)).online);
  const { sent, failed: unserved } = await client.stop();
  assert.deepEqual(unserved, []);
  say(
    `undone and reported ${seconds.toFixed(1)} s after the change (${CONFIRM_SECONDS} s to confirm): ${failed.reason}; ${sent} requests meanwhile, none failed`,
  );
}
