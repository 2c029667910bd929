import assert from 'node:assert/strict';
import type { AuditView, EventView, HaTimelineItem, HealthView } from '@phalanx/contracts';
import { shiftedClock, waitInSync, waitUntil, waitWhole } from '@phalanx/testing';
import { type HaWorld, masterIn, openHaWorld, pidsOf, timelineOf, viewOf } from '../e2e/ha-world.js';
import type { Say, Scenario } from './scenario.js';

/** How far the members' wall clocks are off. */
const OFFSETS_MS = [90_000, -86_400_000] as const;
/** Beside the stated uncertainty: what a scheduler may put between two looks at one clock. */
const TOLERANCE_MS = 20;

type HaEventView = Extract<EventView, { kind: 'ha' }>;

/** The members of a pair disagree about the time by more than a day; what happened, and in which order, is told as if they agreed. */
export const oddClocks: Scenario<HaWorld> = {
  number: 21,
  title: 'odd clocks',
  notThereYet: ['boxes at 1970 and at 2099 are in test/src/e2e/odd-boxes.test.ts'],
  open: async (say) => {
    say('  a pair is switched on whose members’ clocks are at +90 s and at -1 day');
    return openHaWorld(OFFSETS_MS.map(shiftedClock));
  },
  steps: [
    { title: 'the controller measures how far each clock is off, and raises an alarm for each', run: checkOffsets },
    {
      title: 'the pair moves by order, by a dead engine and by dead daemons; the timeline has the true order and gaps',
      run: checkTimeline,
      timeoutMs: 180_000,
    },
    { title: 'every transition is stored once, placed by the controller’s time with the box’s own beside it', run: checkEvents },
    {
      title: 'what is signed is still checked and taken: both are in sync after each order',
      run: async ({ fixture, pair }) => {
        for (const { appliance } of pair.members) await waitInSync(fixture.api, appliance.id);
      },
    },
  ],
  close: ({ fixture }) => fixture.stop(),
};

async function checkOffsets({ fixture, pair }: HaWorld, say: Say): Promise<void> {
  for (const [index, { appliance }] of pair.members.entries()) {
    const wanted = -OFFSETS_MS[index]!;
    const health = await waitUntil('the offset to be measured', async () => {
      const found = await fixture.api.get<HealthView>(`/api/v1/appliances/${appliance.id}/health`);
      return found.clockOffsetMs !== null && Math.abs(found.clockOffsetMs - wanted) < 2_000 ? found : null;
    });
    const alarms = await fixture.api.all<AuditView>('/api/v1/audit?action=appliance.clock-off');
    assert.ok(
      alarms.some(({ subject }) => subject === `appliance:${appliance.id}`),
      `no alarm tells of the clock of ${appliance.name}`,
    );
    say(`${appliance.name}: the controller's clock is ${health.clockOffsetMs} ms ahead of it, within ${health.clockUncertaintyMs} ms`);
  }
}

async function move(world: HaWorld, what: (master: 0 | 1) => Promise<void> | void): Promise<void> {
  const from = masterIn(world, await viewOf(world));
  await what(from);
  await waitUntil('the other to be master', async () => masterIn(world, await viewOf(world)) !== from, { timeoutMs: 30_000 });
  await waitWhole(world.fixture.api, world.pair.clusterId);
}

async function checkTimeline(world: HaWorld, say: Say): Promise<void> {
  const { fixture, pair, path } = world;
  const order = (kind: 'failover' | 'fail-back') => move(world, () => fixture.api.post(`${path}/commands`, { kind, reason: kind }));
  await order('failover');
  await order('fail-back');
  // Its supervisor starts it again.
  await move(world, (master) => pair.members[master].box.engine.kill('SIGKILL'));
  await move(world, (master) => {
    const { keeper, child, parent } = pidsOf(world, master);
    for (const pid of [keeper, child, parent]) process.kill(pid, 'SIGKILL');
  });
  const events = await eventsOf(world);
  const failovers = await waitUntil('four failovers in the timeline', async () => {
    const found = (await timelineOf(world)).filter(({ kind }) => kind === 'failover');
    return found.length >= 4 && found.every((item) => item.transitions.every(({ eventId }) => events.has(eventId))) ? found : null;
  });
  const truth = (item: HaTimelineItem) => item.transitions.map(({ eventId }) => events.get(eventId)!.monotonicMs);
  // Both members are on this machine: its monotonic clock, which nobody has shifted, is the truth.
  const starts = failovers.map((item) => Math.min(...truth(item)));
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
    'the order of failovers is not the true one',
  );
  for (const item of failovers) {
    const between = item.transitions.length === 2 ? Math.max(0, truth(item)[1]! - truth(item)[0]!) : null;
    const isKept = item.transitions.some(({ eventId }) => {
      const { from, held } = events.get(eventId)!;
      return from === 'master' && held.length > 0;
    });
    const real = isKept ? 0 : between;
    say(
      `${item.message} (really ${real === null ? 'not told' : `${real.toFixed(1)} ms`}, stated within ${item.uncertaintyMs.toFixed(1)} ms)`,
    );
    if (real === null || item.gapMs === null) continue;
    assert.ok(Math.abs(item.gapMs - real) <= item.uncertaintyMs + TOLERANCE_MS, `a gap of ${item.gapMs} ms was really ${real} ms`);
  }
  assert.deepEqual(
    failovers.slice(-4).map(({ planned }) => planned),
    [true, true, false, false],
  );
}

/** Transitions that the controller has, by id. */
async function eventsOf({ fixture, pair }: HaWorld): Promise<ReadonlyMap<string, HaEventView>> {
  const all = await Promise.all(
    pair.members.map(({ appliance }) => fixture.api.all<EventView>(`/api/v1/events?kind=ha&applianceId=${appliance.id}`)),
  );
  return new Map(all.flat().flatMap((event) => (event.kind === 'ha' ? [[event.id, event] as const] : [])));
}

async function checkEvents(world: HaWorld, say: Say): Promise<void> {
  const { pair } = world;
  const events = [...(await eventsOf(world)).values()];
  for (const [index, { appliance }] of pair.members.entries()) {
    const own = events.filter(({ applianceId }) => applianceId === appliance.id).sort((a, b) => a.monotonicMs - b.monotonicMs);
    // Each goes on where the one before it ended: none is missing, none is there twice.
    for (const [at, event] of own.entries()) if (at > 0) assert.equal(event.from, own[at - 1]!.to, `after ${own[at - 1]!.message}`);
    for (const { time, occurredAt } of own) assert.ok(Math.abs(Date.parse(time) - Date.parse(occurredAt) - OFFSETS_MS[index]!) < 2_000);
    say(`${appliance.name}: ${own.length} transitions`);
  }
}
