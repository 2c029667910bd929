import { afterEach, describe, expect, it } from '@jest/globals';
import type { ReportedState } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import { AppError } from '@phalanx/kit';
import { desired, policy, ReconcileWorld, release } from '../../../testing/reconcile-world.js';

let world = new ReconcileWorld();
afterEach(async () => {
  await world.halt();
  world = new ReconcileWorld();
});

const engine = policy('1', 100);
const first = release('network', '1', { rules: [1], zone: 'a' });
const second = release('network', '2', { rules: [1, 2], zone: 'a' });
const generation = (number: number) => ({ epoch: 1, generation: number });
const facetOf = ({ facets }: ReportedState, name = 'network') => facets.find(({ facet }) => facet === name)!;

describe('a driver facet', () => {
  it('is applied, read back and committed, and taken away when it is wanted no longer', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    const report = facetOf(await world.report());
    expect(report.renderedDigest).toBe(report.expectedDigest);
    expect(Object.fromEntries(driver.running)).toEqual({ rules: '[1]', zone: '"a"' });
    world.link.announce(desired(generation(2), [engine]));
    await world.until('it to be gone', (facet) => facet('network').state === 'absent');
    expect([driver.running.size, world.active('policy')]).toEqual([0, engine.target.sha256]);
  });

  it('that hangs or fails holds up neither the engine’s facets nor other drivers', async () => {
    const driver = world.addDriver('network');
    const blocks = world.addDriver('patterns');
    driver.apply = () => new Promise(() => undefined);
    const other = release('patterns', '1', { blocks: [] });
    await world.begin(engine, other);
    expect(blocks.running.size).toBe(1);
    world.offer(first);
    world.link.announce(desired(generation(2), [engine, other, first]));
    const next = policy('2', 200);
    world.offer(next);
    world.link.announce(desired(generation(3), [next, other, first]));
    await world.applied(next, other);
    expect(facetOf(await world.report())).toMatchObject({ state: 'pending', step: 'apply' });
  });

  it('this box can’t make true is failed with the reason, and comes once the box can', async () => {
    world.offer(engine, first);
    world.boot();
    world.link.announce(desired(generation(1), [engine, first]));
    await world.applied(engine);
    const without = await world.until('the refusal', (facet) => facet('network').state === 'failed');
    expect(facetOf(without).reason).toBe("this box can't: this agent has no driver for network");
    expect(await world.capabilities()).toContainEqual({ facet: 'network', isAble: false, reason: 'this agent has no driver for network' });
    await world.halt();
    world.addDriver('network').unable = 'no right to change the network (CAP_NET_ADMIN)';
    world.boot();
    await world.until('the reason', (facet) => (facet('network').reason ?? '').includes("this box can't: no right"));
    await world.halt();
    world.drivers[0]!.unable = null;
    world.boot();
    await world.applied(first);
    expect(await world.capabilities()).toContainEqual({ facet: 'network', isAble: true, reason: null });
  });

  it('whose content is refused leaves everything as it runs', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    driver.check = () => Promise.reject(new AppError('invalid', 'test.bad', 'rule 3 names a group that is not there'));
    world.offer(second);
    world.done.length = 0;
    world.link.announce(desired(generation(2), [engine, second]));
    const failed = facetOf(await world.until('the refusal', (facet) => facet('network').state === 'failed'));
    expect(failed).toMatchObject({ target: first.target, wanted: second.target, step: 'check' });
    expect(failed.reason).toMatch(/rule 3/);
    expect(world.done.filter((name) => name.startsWith('network'))).toEqual([]);
  });

  it('that can’t be applied just now comes by itself', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    const { apply } = driver;
    let failures = 2;
    driver.apply = (content) =>
      failures-- > 0 && content?.equals(second.bytes)
        ? Promise.reject(new AppError('unavailable', 'test.busy', 'busy'))
        : apply.call(driver, content);
    world.offer(second);
    world.link.announce(desired(generation(2), [engine, second]));
    await world.applied(second);
  });
});

describe('a change that is to be confirmed', () => {
  it('is not begun while the controller is out of reach', async () => {
    const driver = world.addDriver('network', () => 150);
    await world.begin(engine, first);
    world.offer(second);
    world.link.isUp = false;
    world.link.announce(desired(generation(2), [engine, second]));
    const waiting = await world.until('it to wait', (facet) =>
      (facet('network').reason ?? '').includes('until the controller is in reach'),
    );
    expect([facetOf(waiting).state, driver.running.get('rules')]).toEqual(['pending', '[1]']);
    world.link.isUp = true;
    await world.applied(second);
  });
});

describe('a change that is not confirmed', () => {
  it('is undone, told, and not tried again before a newer desired state', async () => {
    const driver = world.addDriver('network', () => 150);
    await world.begin(engine, first);
    world.offer(second);
    world.link.isDeaf = true;
    world.link.announce(desired(generation(2), [engine, second]));
    await waitUntil('the change', () => driver.running.get('rules') === '[1,2]' || undefined, { timeoutMs: 2_000, intervalMs: 1 });
    const failed = facetOf(await world.until('the undoing', (facet) => facet('network').state === 'failed'));
    expect(failed).toMatchObject({ target: first.target, wanted: second.target, step: 'verify' });
    expect(failed.reason).toMatch(/out of reach for 1\d\d ms/);
    expect(world.link.renewals).toBeGreaterThan(0);
    expect(driver.running.get('rules')).toBe('[1]');
    expect(world.events).toContainEqual(expect.objectContaining({ code: 'reconcile.failed' }));
    world.link.isDeaf = false;
    world.done.length = 0;
    world.link.announce(desired(generation(2), [engine, second]));
    await world.halt();
    world.boot();
    world.link.announce(desired(generation(2), [engine, second]));
    const still = await world.until('the reason, still', (facet) => facet('network').state === 'failed');
    expect(facetOf(still)).toMatchObject({ step: 'verify', reason: failed.reason });
    expect(world.done).toEqual([]);
    world.link.announce(desired(generation(3), [engine, second]));
    await world.applied(second);
  });

  it('though it was applied, because what runs is not what was promised, is undone with the difference', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    const { apply } = driver;
    driver.apply = async (content) => {
      const answer = await apply.call(driver, content);
      if (content?.equals(second.bytes)) driver.running.set('zone', '"b"');
      return answer;
    };
    world.offer(second);
    world.link.announce(desired(generation(2), [engine, second]));
    const failed = facetOf(await world.until('the undoing', (facet) => facet('network').state === 'failed'));
    expect(failed.reason).toMatch(/\+ {2}"zone": .*b/);
    expect(driver.running.get('zone')).toBe('"a"');
  });
});

describe('drift of a driver facet', () => {
  it('is shown with what differs, stays as it is, and is put right by a newer desired state with the same release', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    driver.running.set('rules', '[9]');
    const drifted = facetOf(await world.until('the drift', (facet) => facet('network').state === 'drifted'));
    expect(drifted.reason).toMatch(/was changed/);
    expect(drifted.diff).toMatch(/^-.*\[1\]/m);
    expect(drifted.diff).toMatch(/^\+.*\[9\]/m);
    expect(world.events).toContainEqual(expect.objectContaining({ code: 'reconcile.drift', details: { facet: 'network' } }));
    world.link.announce(desired(generation(1), [engine, first]));
    await world.halt();
    world.boot();
    await world.until('the drift, still', (facet) => facet('network').state === 'drifted');
    world.link.announce(desired(generation(2), [engine, first]));
    await world.applied(first);
    expect(driver.running.get('rules')).toBe('[1]');
    // Settled: what drifts from now on waits for the next one.
    driver.running.set('rules', '[8]');
    await world.until('the next drift', (facet) => facet('network').state === 'drifted');
  });

  it('is what can’t be read back', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    driver.observe = () => Promise.reject(new AppError('unavailable', 'test.dead', 'the daemon is dead'));
    const drifted = await world.until('the drift', (facet) => facet('network').state === 'drifted');
    expect(facetOf(drifted)).toMatchObject({ renderedDigest: null, reason: expect.stringMatching(/the daemon is dead/) });
  });

  it('is not what a restart of the box made the kernel forget: that is applied again without a controller', async () => {
    const driver = world.addDriver('network');
    await world.begin(engine, first);
    await world.halt();
    driver.running.clear();
    world.boot(undefined, { boxRun: 'second' });
    world.link.isUp = false;
    await world.applied(first);
    expect(driver.running.get('rules')).toBe('[1]');
    expect(world.events.filter((event) => event.kind === 'system' && event.code === 'reconcile.drift')).toEqual([]);
  });
});
