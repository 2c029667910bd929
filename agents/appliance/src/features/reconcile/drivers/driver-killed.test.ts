import { afterEach, describe, expect, it } from '@jest/globals';
import type { FacetReport } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import type { MemoryDriver } from '../../../platform/memory-driver.js';
import { Killed } from '../../../testing/memory-disk.js';
import { desired, policy, type Release, ReconcileWorld, release } from '../../../testing/reconcile-world.js';

/** Long while a change is to succeed, however slow the machine; short where it is to be undone. */
const confirmMs = { now: 0 };
const engine = policy('1', 100);
const first = release('network', '1', { old: true, rules: [1], zone: 'a' });
const second = release('network', '2', { rules: [1, 2], zone: 'b' });
const announced = (generation: number, ...releases: Release[]) => desired({ epoch: 1, generation }, [engine, ...releases]);
let world = new ReconcileWorld();
let driver: MemoryDriver;
/** Whether what the driver does cuts the box off. */
let isCutting = false;
afterEach(() => world.halt());

async function atFirst(): Promise<void> {
  world = new ReconcileWorld();
  confirmMs.now = 3_000;
  driver = world.addDriver(
    'network',
    () => confirmMs.now,
    () => void (world.link.isUp &&= !isCutting),
  );
  isCutting = false;
  await world.begin(engine, first);
  world.offer(second);
  await world.halt();
}

/** What "runs", as the content that would make it so. */
function running(): unknown {
  return Object.fromEntries([...driver.running].sort().map(([name, text]) => [name, JSON.parse(text) as unknown]));
}
const contentOf = ({ bytes }: Release) => JSON.parse(bytes.toString()) as unknown;

async function settled(what: string): Promise<FacetReport> {
  // Between a wish and its end stands `pending`.
  const isWaiting = ({ reason = '' }: FacetReport) => reason.includes('until the controller is in reach');
  const report = await world.until(
    what,
    (facet) => ['applied', 'absent', 'failed'].includes(facet('network').state) || isWaiting(facet('network')),
  );
  return report.facets.find(({ facet }) => facet === 'network')!;
}

/** Runs the change to `target` and kills the process at its n-th doing. Answers false when it does less than that. */
async function isKilledAt(count: number, target: readonly Release[], isCutOff: boolean): Promise<boolean> {
  let seen = 0;
  let isDead = false;
  const kill = () => {
    isDead ||= ++seen >= count;
    if (isDead) throw new Killed();
  };
  const mark = isCutOff ? '"refused":{' : target[0] ? `"sha256":"${target[0].target.sha256}"` : '"committed":null';
  const isOver = () =>
    world.disk.files.get('/box/state/network.json')?.includes(mark) && !world.disk.files.has('/box/state/network-transaction.json');
  try {
    isCutting = isCutOff;
    world.boot(kill);
    world.link.announce(announced(2, ...target));
  } catch (error) {
    // Killed while it was still starting.
    expect(error).toBeInstanceOf(Killed);
  }
  await waitUntil('the kill, or the end', () => isDead || isOver() || undefined, { timeoutMs: 3_000, intervalMs: 1 });
  await world.halt();
  return isDead;
}

/** The same for each moment of the change in turn; answers how many there were. */
async function atEachMoment(
  target: readonly Release[],
  then: (count: number) => Promise<void>,
  { isCutOff = false } = {},
): Promise<number> {
  for (let count = 1; ; count++) {
    await atFirst();
    if (isCutOff) confirmMs.now = 20;
    if (!(await isKilledAt(count, target, isCutOff))) return count - 1;
    await then(count);
    await world.halt();
  }
}

describe('a driver’s change that is killed at any moment', () => {
  it.each([
    ['to another release', [second]],
    ['to none', []],
  ])(
    '%s is finished by the next process',
    async (_, target) => {
      const moments = await atEachMoment(target, async (count) => {
        world.boot();
        world.link.announce(announced(2, ...target));
        await world.until(`the end after kill ${count}`, (facet) =>
          target[0] ? facet('network').state === 'applied' && facet('network').wanted === null : facet('network').state === 'absent',
        );
        expect([count, running()]).toEqual([count, target[0] ? contentOf(target[0]) : {}]);
      });
      expect(moments).toBeGreaterThan(20);
    },
    60_000,
  );

  it('and cuts the box off is undone by the next process within the time that was left, unless it was confirmed', async () => {
    let undone = 0;
    await atEachMoment([second], async (count) => {
      confirmMs.now = 40;
      world.boot();
      world.link.isUp = false;
      const facet = await settled(`the end after kill ${count}`);
      const isKept = facet.state === 'applied' && facet.target!.sha256 === second.target.sha256;
      expect([count, running()]).toEqual([count, contentOf(isKept ? second : first)]);
      if (facet.state === 'failed') undone++;
    });
    expect(undone).toBeGreaterThan(5);
  }, 120_000);

  it('while it is being undone is undone to the end by the next process', async () => {
    let undone = 0;
    await atEachMoment(
      [second],
      async (count) => {
        world.boot();
        world.link.isUp = false;
        const facet = await settled(`the end after kill ${count}`);
        expect([count, running(), facet.target!.sha256]).toEqual([count, contentOf(first), first.target.sha256]);
        if (facet.state === 'failed') undone++;
      },
      { isCutOff: true },
    );
    expect(undone).toBeGreaterThan(20);
  }, 60_000);

  it('by a power cut leaves the old or the new one, whole, and a newer desired state is applied', async () => {
    await atEachMoment([second], async (count) => {
      driver.running.clear();
      world.boot(undefined, { boxRun: 'second' });
      world.link.announce(announced(2, second));
      const facet = await settled(`the end after power cut ${count}`);
      expect([count, running()]).toEqual([count, contentOf(facet.target!.sha256 === second.target.sha256 ? second : first)]);
      world.link.announce(announced(3, second));
      await world.applied(second);
      expect([count, running()]).toEqual([count, contentOf(second)]);
    });
  }, 120_000);
});
