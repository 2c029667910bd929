import assert from 'node:assert/strict';
import type { ApplianceStateView, EventView } from '@phalanx/contracts';
import { type Box, enrolBox, type LabHost, SteadyClient, waitInSync, waitUntil, waitWhole, writePair } from '@phalanx/testing';
import {
  heldBy,
  hostOf,
  type HaWorld,
  masterIn,
  openHaWorld,
  pidsOf,
  timelineOf,
  underTraffic,
  viewOf,
  waitCondition,
} from '../e2e/ha-world.js';
import { LISTEN_PORT } from '../e2e/lab-fixture.js';
import type { Say, Scenario } from './scenario.js';

interface ReplacementWorld extends HaWorld {
  /** The box in the dead one's place. */
  successor: Box | null;
}

const SUCCESSOR_ADDRESS = '10.10.0.13';

/** A member of a pair dies for good; a new box at another address takes over its place, policy and history. */
export const replacement: Scenario<ReplacementWorld> = {
  number: 22,
  title: 'replacement',
  notThereYet: [
    'a box re-installed from nothing is in test/src/e2e/odd-boxes.test.ts',
    'a box moved between tenants',
    'off-boarding of a tenant (export, then erasure)',
  ],
  open: async (say) => {
    say('  a pair is switched on, and a spare box is put beside it');
    return { ...(await openHaWorld()), successor: null };
  },
  steps: [
    { title: 'a member dies for good: the other serves, and the pair is told to be in trouble', run: killSecond, timeoutMs: 120_000 },
    { title: 'the new box enrols in the dead one’s place and gets its policy', run: enrolSuccessor, timeoutMs: 120_000 },
    { title: 'the survivor takes nothing from it before desired state names it', run: checkForeign },
    { title: 'once it does, the pair is whole, and no request is lost', run: nameSuccessor, timeoutMs: 120_000 },
    { title: 'the new member takes over, and the timeline has the history of its place', run: takeOver, timeoutMs: 120_000 },
  ],
  close: ({ fixture }) => fixture.stop(),
};

const spareHost = ({ fixture }: HaWorld): LabHost => fixture.boxes[2]!;

async function killSecond(world: ReplacementWorld, say: Say): Promise<void> {
  const { box } = world.pair.members[1];
  const pids = pidsOf(world, 1);
  const report = await underTraffic(world, async () => {
    await box.stop();
    for (const pid of Object.values(pids)) process.kill(pid, 'SIGKILL');
    for (const link of hostOf(world, 1).links) await link.down();
    await waitCondition(world, 'silent-peer', 90_000);
  });
  assert.equal(report.failed.length, 0);
  assert.equal(masterIn(world, await viewOf(world)), 0);
  say(`requests lost: ${report.failed.length} of ${report.sent}`);
}

async function enrolSuccessor(world: ReplacementWorld): Promise<void> {
  const { fixture, pair } = world;
  const { id } = pair.members[1].appliance;
  await fixture.api.change('PATCH', `/api/v1/appliances/${id}`, { listenAddresses: [SUCCESSOR_ADDRESS] });
  const place = { ...world.options.members[1], name: 'successor', host: spareHost(world), address: SUCCESSOR_ADDRESS };
  world.successor = await enrolBox(fixture.stack, fixture.api, id, place);
  await waitUntil(
    'it to run the policy of its place',
    async () => {
      const { facets } = await fixture.api.get<ApplianceStateView>(`/api/v1/appliances/${id}/state`);
      const policy = facets.find(({ facet }) => facet === 'policy');
      if (policy?.state !== 'applied' || policy.applied?.sha256 !== policy.desired?.sha256)
        throw new Error(`${policy?.state}: ${policy?.reason}`);
      return true;
    },
    { timeoutMs: 60_000 },
  );
}

async function checkForeign(world: ReplacementWorld, say: Say): Promise<void> {
  const { fixture, pair } = world;
  // What a member at the new address would say, before anybody has signed that it is one.
  await spareHost(world).run('perl', [
    '-MSocket',
    '-e',
    `socket(my $s, PF_INET, SOCK_RAW, 112) or die $!; send($s, pack('H*', '3133ff010000000a0a0a0064'), 0, sockaddr_in(0, inet_aton('10.10.0.11'))) or die $! for 1..5`,
  ]);
  const seen = await waitUntil('the event of it', async () => {
    const events = await fixture.api.all<EventView>(`/api/v1/events?kind=network&applianceId=${pair.members[0].appliance.id}`);
    return events.find((event) => event.kind === 'network' && event.threat === 'foreign-peer' && event.source === SUCCESSOR_ADDRESS);
  });
  assert.equal(masterIn(world, await viewOf(world)), 0);
  say(`${seen.kind === 'network' ? seen.count : 0} VRRP packets of ${SUCCESSOR_ADDRESS} were refused`);
}

async function nameSuccessor(world: ReplacementWorld, say: Say): Promise<void> {
  const { fixture, pair, options } = world;
  const [first, second] = options.members;
  const startedAt = performance.now();
  const report = await underTraffic(world, async () => {
    const members = [first, { ...second, address: SUCCESSOR_ADDRESS }] as const;
    await writePair(fixture.api, pair.clusterId, { ...options, members }, [pair.members[0].appliance.id, pair.members[1].appliance.id]);
    await waitWhole(fixture.api, pair.clusterId);
  });
  assert.equal(report.failed.length, 0);
  assert.equal(masterIn(world, await viewOf(world)), 0);
  for (const { appliance } of pair.members) await waitInSync(fixture.api, appliance.id);
  say(`whole after ${((performance.now() - startedAt) / 1000).toFixed(1)} s; requests lost: ${report.failed.length} of ${report.sent}`);
}

async function takeOver(world: ReplacementWorld, say: Say): Promise<void> {
  const { fixture, path, options } = world;
  await judgeStandby(world, say);
  const report = await underTraffic(world, async () => {
    await fixture.api.post(`${path}/commands`, { kind: 'failover', reason: 'a trial of the new member' });
    await waitUntil('it to be master', async () => masterIn(world, await viewOf(world)) === 1, { timeoutMs: 30_000 });
    await waitWhole(fixture.api, world.pair.clusterId);
  });
  const [lost] = report.failed;
  assert.ok(
    report.failed.length <= 2,
    `${report.failed.length} requests were lost, the first: ${lost?.error ?? `${lost?.status} ${lost?.body}`}`,
  );
  const shown = await spareHost(world).ip('-br', 'address', 'show', 'dev', 'eth0');
  assert.ok(options.virtualAddresses.every((address) => shown.includes(` ${address.slice(0, address.indexOf('/'))}/`)));
  assert.deepEqual(await heldBy(world, 0), []);
  const boots = new Set((await timelineOf(world)).flatMap(({ transitions }) => transitions.map(({ applianceId }) => applianceId)));
  assert.equal(boots.size, 2);
  say(`requests lost: ${report.failed.length} of ${report.sent}`);
}

/** A standby is judged by requests of its own before it is trusted with the addresses: an engine that has just started is slow at first. */
async function judgeStandby({ fixture }: HaWorld, say: Say): Promise<void> {
  const client = await SteadyClient.start(fixture.client, { address: SUCCESSOR_ADDRESS, port: LISTEN_PORT, requestsPerSecond: 50 });
  await waitUntil(
    'a hundred good answers in a row',
    () => client.outcomes.length >= 100 && client.outcomes.slice(-100).every(({ status }) => status === 200),
    {
      timeoutMs: 30_000,
    },
  );
  const { sent, failed } = await client.stop();
  say(`the standby answered ${sent} requests of its own, ${failed.length} of them badly`);
}
