import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@phalanx/testing';
import { generateStatementKey, signStatement } from '@phalanx/trust';
import { ACTIVE, BOX, desired, HOME, pack, policy, ReconcileWorld, release } from '../../testing/reconcile-world.js';

let world = new ReconcileWorld();
afterEach(async () => {
  await world.halt();
  world = new ReconcileWorld();
});

const first = policy('1', 100);
const second = policy('2', 200);
const crs = pack('1');

describe('a desired state', () => {
  it('is brought to the workers and to the files that the engine starts from', async () => {
    await world.begin(first, crs);
    const report = await world.report();
    expect(report.order).toEqual({ epoch: 1, generation: 1 });
    for (const facet of report.facets) expect(facet.renderedDigest).toBe(facet.expectedDigest);
    expect(report.workers.map((worker) => worker.policyDigest)).toEqual([first.target.sha256, first.target.sha256]);
    expect(world.active('policy')).toBe(first.target.sha256);
    expect(world.done.filter((name) => name.startsWith('load'))).toEqual(['load staged']);
  });

  it('that is announced again, or is older, does nothing', async () => {
    await world.begin(first);
    const before = [...world.done];
    world.link.announce(desired({ epoch: 1, generation: 1 }, [first]));
    world.link.announce(desired({ epoch: 1, generation: 0 }, [second]));
    await world.halt();
    world.boot();
    await world.until('the second agent to have looked', (facet) => facet('policy').state === 'applied');
    expect(world.done).toEqual(before);
  });

  it('that is announced again is answered with how the box stands', async () => {
    await world.begin(first);
    await world.until('it to be applied', (facet) => facet('policy').state === 'applied');
    const before = world.link.reported.length;
    world.link.announce(desired({ epoch: 1, generation: 1 }, [first]));
    await waitUntil('an answer', () => world.link.reported.length > before);
    expect(world.link.reported.at(-1)!.order).toEqual({ epoch: 1, generation: 1 });
  });

  it.each([
    ['another box', desired({ epoch: 9, generation: 1 }, [second], { applianceId: BOX.tenantId })],
    ['another tenant', desired({ epoch: 9, generation: 1 }, [second], { tenantId: BOX.applianceId })],
    [
      'a key that is not trusted',
      signStatement(desired({ epoch: 9, generation: 1 }, [second]).signed, [generateStatementKey().privateKeyPem]),
    ],
    ['nobody, being no desired state', { hello: 'world' }],
  ])('of %s is refused, and told once', async (_, document) => {
    await world.begin(first);
    world.offer(second);
    world.link.announce(document);
    world.link.announce(document);
    expect((await world.report()).order).toEqual({ epoch: 1, generation: 1 });
    expect(world.events.filter((event) => event.kind === 'system' && event.code === 'reconcile.refused')).toHaveLength(1);
  });

  it('whose policy is another box’s is refused, though signed', async () => {
    await world.begin(first);
    const foreign = policy('3', 300, { applianceId: '33333333-3333-4333-8333-333333333333' });
    world.offer(foreign);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [foreign]));
    const report = await world.until('the refusal', (facet) => facet('policy').state === 'failed');
    expect(report.facets.find(({ facet }) => facet === 'policy')?.reason).toMatch(/another box/);
    expect(world.active('policy')).toBe(first.target.sha256);
  });

  it('waits while the clock says a time before the agent was built', async () => {
    world.offer(first);
    let now = 0;
    world.boot(undefined, { now: () => now });
    world.link.announce(desired({ epoch: 1, generation: 1 }, [first]));
    const report = await world.report();
    expect([report.hasTrustedTime, report.order]).toEqual([false, null]);
    now = Date.now();
    await world.applied(first);
  });
});

describe('what can’t be applied', () => {
  it('is undone; what ran runs on, and the same announcement tries again', async () => {
    await world.begin(first);
    world.offer(second);
    world.engine.odd.set(1, { state: 'failed', reason: 'out of memory' });
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    const failed = await world.until('the failure', (facet) => facet('policy').state === 'failed');
    expect(failed.facets.find(({ facet }) => facet === 'policy')).toMatchObject({
      target: first.target,
      wanted: second.target,
      step: 'verify',
    });
    expect(world.active('policy')).toBe(first.target.sha256);
    expect((await world.engine.status()).expected?.policyDigest).toBe(first.target.sha256);
    world.engine.odd.clear();
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.applied(second);
  });

  it('because the disk is full is applied once space returns and it is announced again', async () => {
    await world.begin(first);
    world.offer(second);
    world.disk.capacityBytes = [...world.disk.files.values()].reduce((sum, bytes) => sum + bytes.length, 0) + 700;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await waitUntil(
      'the refusal',
      () => world.link.reported.some(({ facets }) => facets.some(({ state }) => state === 'failed')) || undefined,
      {
        timeoutMs: 3_000,
      },
    ).catch(() => undefined);
    expect(world.active('policy')).toBe(first.target.sha256);
    world.disk.capacityBytes = Infinity;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.applied(second);
  });

  it('because it can’t be fetched yet stays pending and comes by itself', async () => {
    await world.begin(first);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.until('it to be tried', (facet) => facet('policy').state === 'pending' && facet('policy').reason !== undefined);
    world.offer(second);
    await world.applied(second);
  });

  it('cuts the box off from its controller, and is undone', async () => {
    await world.begin(first);
    world.offer(second);
    world.link.isUp = false;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.until('the undoing', (facet) => (facet('policy').reason ?? '').includes('out of reach'));
    expect((await world.engine.status()).expected?.policyDigest).toBe(first.target.sha256);
    world.link.isUp = true;
    await world.applied(second);
  });

  it('does not hold up the other facet', async () => {
    await world.begin(first);
    const broken = release('signatures', 'bad', { version: 1, name: 'crs' });
    world.offer(second, broken);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second, broken]));
    await world.applied(second);
    await world.until('the pack to have failed', (facet) => facet('signatures').state === 'failed');
  });

  it('gives way to a newer desired state', async () => {
    await world.begin(first);
    const third = policy('3', 300);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    world.offer(third);
    world.link.announce(desired({ epoch: 1, generation: 3 }, [third]));
    await world.applied(third);
    expect(world.done).not.toContain(`fetch ${second.target.path}`);
  });
});

describe('drift', () => {
  it('is a file that was edited', async () => {
    await world.begin(first);
    world.disk.files.set(ACTIVE.policy, Buffer.from('{}'));
    const report = await world.until('the drift', (facet) => facet('policy').state === 'drifted');
    const facet = report.facets.find((candidate) => candidate.facet === 'policy')!;
    expect(facet.renderedDigest).not.toBe(facet.expectedDigest);
    expect(facet.reason).toMatch(/was changed/);
  });

  it('is shown line by line, and put right by a newer desired state with the same releases, not by the same one', async () => {
    await world.begin(first, crs);
    const edited = JSON.parse(first.bytes.toString()) as { events: object };
    world.disk.files.set(ACTIVE.policy, Buffer.from(JSON.stringify({ ...edited, events: { ...edited.events, foldAbovePerSecond: 9 } })));
    const report = await world.until('the drift', (facet) => facet('policy').state === 'drifted');
    const { diff } = report.facets.find((candidate) => candidate.facet === 'policy')!;
    expect(diff?.split('\n').filter((line) => /^[-+] /.test(line))).toEqual([
      '-    "foldAbovePerSecond": 100,',
      '+    "foldAbovePerSecond": 9,',
    ]);
    world.link.announce(desired({ epoch: 1, generation: 1 }, [first, crs]));
    await world.halt();
    world.boot();
    await world.until('the drift, still', (facet) => facet('policy').state === 'drifted');
    const loads = world.done.filter((name) => name === 'load staged').length;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [first, crs]));
    await world.applied(first, crs);
    expect(world.active('policy')).toBe(first.target.sha256);
    expect(world.done.filter((name) => name === 'load staged')).toHaveLength(loads + 1);
    // Settled: a newer state with the same releases does nothing more.
    world.link.announce(desired({ epoch: 1, generation: 3 }, [first, crs]));
    await world.until('it to be taken', (_, { order }) => order?.generation === 3);
    expect(world.done.filter((name) => name === 'load staged')).toHaveLength(loads + 1);
  });

  it('is a worker that shows another digest', async () => {
    await world.begin(first);
    world.engine.odd.set(1, { policyDigest: 'f'.repeat(64) });
    const report = await world.until('the drift', (facet) => facet('policy').state === 'drifted');
    expect(report.facets.find(({ facet }) => facet === 'policy')?.reason).toMatch(/worker 1/);
  });

  it('of an engine that lost what is committed is healed from the committed files', async () => {
    await world.begin(first);
    world.offer(second);
    await world.engine.load('active');
    world.disk.files.set(join(HOME.engine, 'staged/policy.json'), second.bytes);
    await world.engine.load('staged');
    await world.applied(first);
  });
});
