import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EventView, GuardPlan, GuardState, SystemEvent } from '@phalanx/contracts';
import {
  type Box,
  describeInLab,
  type LabHost,
  monotonicMs,
  type OriginRequest,
  type ProvisionedBox,
  type RestClient,
  SteadyClient,
  waitUntil,
} from '@phalanx/testing';
import { type HaWorld, masterIn, openHaWorld, viewOf } from './ha-world.js';
import { type LabFixture, LISTEN_PORT, startLabFixture } from './lab-fixture.js';

const GRACE_MS = 500;

/** Has an application fail open, and waits until the guards know. */
async function failOpen(api: RestClient, applicationId: string, homes: readonly string[]): Promise<void> {
  const document = { settings: { availability: { onEngineFailure: 'fail-open', bypassGraceMs: GRACE_MS } }, locks: [] };
  await api.change('PUT', `/api/v1/policies/applications/${applicationId}`, { document, comment: '' });
  const isOpen = (home: string) => {
    const plan = JSON.parse(readFileSync(join(home, 'guard/plan.json'), 'utf8')) as GuardPlan;
    return plan.listeners.some(({ action }) => action.kind === 'fail-open');
  };
  await waitUntil('the guards to have their plan', () => homes.every(isOpen), { timeoutMs: 60_000 });
}

function stateOf(home: string): GuardState['state'] {
  return (JSON.parse(readFileSync(join(home, 'guard/state.json'), 'utf8')) as GuardState).state;
}

/** Kills the engine's primary and all of its workers; its supervisor starts it again. */
async function killEngine(host: LabHost): Promise<void> {
  const pids = (await host.ip('netns', 'pids', host.namespace)).trim().split('\n').map(Number);
  const killed = pids.filter((pid) => commandOf(pid).includes('agents/engine/dist'));
  for (const pid of killed) kill(pid);
  // Until the last thread is gone its sockets take connections.
  await waitUntil('the engine to be gone', () => !killed.some((pid) => existsSync(`/proc/${pid}`)), { intervalMs: 2 });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Its primary's end took it along.
  }
}

/** The engine names the client to the origin; what went past it doesn't. */
function isInspected({ headers }: OriginRequest): boolean {
  return headers['x-forwarded-for'] !== undefined;
}

const availabilityEvents = (folder: string): SystemEvent[] =>
  readdirSync(folder)
    .filter((name) => /\.(open|closed)$/.test(name))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(1))
    .filter((line) => line.includes('"availability.'))
    .map((line) => JSON.parse(line) as SystemEvent);

describeInLab('a single box that fails open', () => {
  let fixture: LabFixture;
  let provisioned: ProvisionedBox;
  let box: Box;
  let home: string;
  const figures: string[] = [];

  beforeAll(async () => {
    fixture = await startLabFixture();
    provisioned = await fixture.provision(0, { name: 'single' });
    ({ box } = provisioned);
    home = fixture.stack.boxHome('single');
    await failOpen(fixture.api, provisioned.application.id, [home]);
  }, 240_000);

  afterAll(async () => {
    console.log(figures.join('\n'));
    await fixture?.stop();
  }, 60_000);

  /** Kills under load, and answers how long nobody was served; fails when more failed than was under way. */
  async function measureKill(what: string, doKill: () => Promise<void>): Promise<void> {
    const client = await SteadyClient.start(fixture.client, { address: '10.10.0.11', port: LISTEN_PORT, requestsPerSecond: 50 });
    await waitUntil('answers', () => client.outcomes.length > 20);
    const seen = fixture.origin.requests.length;
    const killedMs = monotonicMs();
    await doKill();
    const deadMs = monotonicMs();
    await waitUntil('the bypass', () => fixture.origin.requests.slice(seen).some((request) => !isInspected(request)));
    await waitUntil('the engine to serve again', () => isInspected(fixture.origin.requests.at(-1)!) && stateOf(home) === 'watching', {
      timeoutMs: 40_000,
    });
    const { sent, failed, longestGapMs } = await client.stop();
    const good = client.outcomes.filter(({ status, startedMs }) => status === 200 && startedMs >= killedMs);
    const backMs = Math.min(...good.map(({ endedMs }) => endedMs)) - killedMs;
    const bypassed = fixture.origin.requests.slice(seen).filter((request) => !isInspected(request)).length;
    figures.push(
      `${what}: ${failed.length} of ${sent} failed, service returned after ${Math.round(backMs)} ms, longest gap ${Math.round(longestGapMs)} ms, ${bypassed} bypassed`,
    );
    expect(failed.filter(({ startedMs }) => startedMs > deadMs)).toEqual([]);
    expect(backMs).toBeLessThan(200);
  }

  it('loses no more than what was under way when its engine is killed, again and again', async () => {
    for (let round = 1; round <= 3; round++) await measureKill(`engine killed, round ${round}`, () => killEngine(fixture.boxes[0]!));
  }, 180_000);

  it('does so with its agent dead too, and ends a keep-alive connection that began meanwhile within two seconds', async () => {
    await box.agent.stop('SIGKILL');
    const startedMs = monotonicMs();
    const keepAlive: SteadyClient[] = [];
    await measureKill('engine killed, agent dead', async () => {
      await killEngine(fixture.boxes[0]!);
      const options = { address: '10.10.0.11', port: LISTEN_PORT, requestsPerSecond: 20, keepAlive: true, path: '/keep-alive' };
      keepAlive.push(await SteadyClient.start(fixture.client, options));
    });
    const { details } = await waitUntil('the end to be told', () =>
      // The outage before may be told only after its grace: it was over before this one began.
      availabilityEvents(join(home, 'spool')).find(
        (event) => event.code === 'availability.bypass-ended' && Number(event.details['healthyAtMonotonicMs']) > startedMs,
      ),
    );
    const last = fixture.origin.requests.findLast((request) => request.url.startsWith('/keep-alive') && !isInspected(request));
    const { failed } = await keepAlive[0]!.stop();
    const lateMs = last ? last.atMs - Number(details['healthyAtMonotonicMs']) : -1;
    figures.push(
      `keep-alive: last bypassed request ${Math.round(lateMs)} ms after the engine served, ${failed.length} failed, ${details['cut']} cut`,
    );
    expect(lateMs).toBeLessThan(2_000);
    await box.agent.start();
  }, 120_000);

  it('tells the controller of every switch with its times, also of those while the agent was dead', async () => {
    const events = await waitUntil(
      'four ends',
      async () => {
        const told = await fixture.api.all<EventView>(`/api/v1/events?applianceId=${provisioned.appliance.id}&kind=system`);
        const codes = told
          .map((event) => (event as unknown as { code?: string }).code ?? '')
          .filter((code) => code.startsWith('availability.'));
        return codes.filter((code) => code === 'availability.bypass-ended').length >= 4 ? codes : null;
      },
      { timeoutMs: 60_000 },
    );
    expect(events.filter((code) => code === 'availability.bypass-opened')).toHaveLength(4);
  }, 90_000);
});

describeInLab('a pair that fails open', () => {
  let world: HaWorld;

  beforeAll(async () => {
    world = await openHaWorld();
    const { stack, api } = world.fixture;
    const homes = world.pair.members.map(({ box }) => stack.boxHome(box.options.name));
    await failOpen(api, world.pair.application.id, homes);
  }, 300_000);

  afterAll(() => world?.fixture.stop(), 60_000);

  it('has the peer take over when the master’s engine dies, and nothing goes past an engine', async () => {
    const { fixture, pair, options } = world;
    const master = masterIn(world, await viewOf(world));
    const { box } = pair.members[master];
    const home = fixture.stack.boxHome(box.options.name);
    const client = await SteadyClient.start(fixture.client, {
      address: options.virtualAddresses[0]!.replace(/\/.*/, ''),
      port: LISTEN_PORT,
      requestsPerSecond: 50,
      timeoutMs: 1_500,
    });
    const good = () => client.outcomes.filter(({ status }) => status === 200).length;
    await waitUntil('answers', () => good() > 20);
    const killedMs = monotonicMs();
    // It stays dead: nobody starts it again.
    await Promise.all([box.engine.stop('SIGKILL'), killEngine(options.members[master].host as LabHost)]);
    await killEngine(options.members[master].host as LabHost);
    await waitUntil('the guard to wait for the peer', () => stateOf(home) === 'waiting-for-peer');
    const before = good();
    await waitUntil('the peer to serve', () => good() > before + 50, { timeoutMs: 20_000 });
    const { failed } = await client.stop();
    const firstAfter = Math.min(
      ...client.outcomes.filter(({ status, startedMs }) => status === 200 && startedMs > killedMs).map(({ endedMs }) => endedMs),
    );
    console.log(`pair: the peer served after ${Math.round(firstAfter - killedMs)} ms, ${failed.length} failed, guard ${stateOf(home)}`);
    expect(fixture.origin.requests.filter((request) => !isInspected(request))).toEqual([]);
    expect(stateOf(home)).toBe('waiting-for-peer');
    await box.engine.start();
    await waitUntil('the guard to be at rest', () => stateOf(home) === 'watching', { timeoutMs: 40_000 });
  }, 120_000);
});
