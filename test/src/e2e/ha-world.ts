import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HaCondition, HaTimelineItem, HaView } from '@phalanx/contracts';
import {
  type LabHost,
  type PairOptions,
  type ProvisionedPair,
  provisionPair,
  SteadyClient,
  type SteadyReport,
  waitUntil,
  waitWhole,
} from '@phalanx/testing';
import { type LabFixture, LISTEN_PORT, ORIGIN_PORT, startLabFixture } from './lab-fixture.js';

const VIRTUAL_ADDRESS = '10.10.0.100';

/** A controller's pair in a test network, and what it takes to look at it. */
export interface HaWorld {
  readonly fixture: LabFixture;
  readonly options: PairOptions;
  readonly pair: ProvisionedPair;
  readonly path: string;
}

/** `environments` by member. The lab has one host more than the pair needs. */
export async function openHaWorld(environments: readonly NodeJS.ProcessEnv[] = []): Promise<HaWorld> {
  const fixture = await startLabFixture({ boxes: 3 });
  try {
    const place = (index: number, name: string, priority: number) => ({
      name,
      host: fixture.boxes[index]!,
      address: `10.10.0.${11 + index}`,
      priority,
      ...(environments[index] ? { environment: environments[index] } : {}),
    });
    const options: PairOptions = {
      name: 'pair',
      listenPort: LISTEN_PORT,
      upstream: { host: '10.20.0.80', port: ORIGIN_PORT },
      interface: 'eth0',
      virtualAddresses: [`${VIRTUAL_ADDRESS}/24`, 'fd10::100/64'],
      members: [place(0, 'first', 150), place(1, 'second', 100)],
    };
    const pair = await provisionPair(fixture.stack, fixture.api, options);
    const world = { fixture, options, pair, path: `/api/v1/clusters/${pair.clusterId}/ha` };
    await preferFirst(world);
    return world;
  } catch (error) {
    await fixture.stop();
    throw error;
  }
}

/** Who started first may be master; tests begin with the member of the higher priority. */
async function preferFirst(world: HaWorld): Promise<void> {
  const { fixture, path, pair } = world;
  if (masterIn(world, await viewOf(world)) === 0) return;
  await fixture.api.post(`${path}/commands`, { kind: 'fail-back', reason: 'the beginning' });
  await waitUntil('the first member to be master', async () => masterIn(world, await viewOf(world)) === 0);
  await waitWhole(fixture.api, pair.clusterId);
}

export function viewOf({ fixture, path }: HaWorld): Promise<HaView> {
  return fixture.api.get<HaView>(path);
}

/** Waits until the pair is judged so. */
export async function waitCondition(world: HaWorld, condition: HaCondition, timeoutMs = 30_000): Promise<HaView> {
  return waitUntil(
    `the pair to be ${condition}`,
    async () => {
      const view = await viewOf(world);
      if (view.condition !== condition) throw new Error(`it is ${view.condition}: ${view.conditionReason}`);
      return view;
    },
    { timeoutMs, intervalMs: 50 },
  );
}

/** What happened to the pair, oldest first. */
export async function timelineOf({ fixture, path }: HaWorld): Promise<HaTimelineItem[]> {
  return (await fixture.api.all<HaTimelineItem>(`${path}/timeline`)).toReversed();
}

/** Index of the member that says it is master. */
export function masterIn({ pair }: HaWorld, view: HaView): 0 | 1 {
  const master = view.members.find(({ status }) => status?.state === 'master');
  return pair.members[0].appliance.id === master?.applianceId ? 0 : 1;
}

export function hostOf({ options }: HaWorld, index: 0 | 1): LabHost {
  return options.members[index].host as LabHost;
}

function homeOf({ fixture, pair }: HaWorld, index: 0 | 1): string {
  return fixture.stack.boxHome(pair.members[index].box.options.name);
}

/** Pids that a member's keeper and daemons have now. */
export function pidsOf(world: HaWorld, index: 0 | 1): { readonly keeper: number; readonly parent: number; readonly child: number } {
  const read = (name: string) => readFileSync(join(homeOf(world, index), 'ha', name), 'utf8');
  const { pid } = JSON.parse(read('keeper.json')) as { pid: number };
  return { keeper: pid, parent: Number(read('keepalived.pid')), child: Number(read('vrrp.pid')) };
}

/** Sends 50 requests a second to the virtual address while something happens, and a little longer. */
export async function underTraffic({ fixture }: HaWorld, what: () => Promise<void>): Promise<SteadyReport> {
  const options = { address: VIRTUAL_ADDRESS, port: LISTEN_PORT, requestsPerSecond: 50, timeoutMs: 1_500 };
  const client = await SteadyClient.start(fixture.client, options);
  const goodOnes = () => client.outcomes.filter(({ status }) => status === 200).length;
  await waitUntil('answers', () => goodOnes() >= 10);
  await what();
  const before = goodOnes();
  await waitUntil('answers after it', () => goodOnes() > before + 20, { timeoutMs: 15_000, intervalMs: 10 });
  return client.stop();
}

/** Virtual addresses that a member's kernel has now. */
export async function heldBy(world: HaWorld, index: 0 | 1): Promise<string[]> {
  const shown = await hostOf(world, index).ip('-br', 'address', 'show');
  return world.options.virtualAddresses.filter((address) => shown.includes(` ${address.slice(0, address.indexOf('/'))}/`));
}
