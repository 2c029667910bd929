import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { HaTimelineItem } from '@phalanx/contracts';
import { describeInLab, monotonicMs, waitInSync, waitUntil, waitWhole } from '@phalanx/testing';
import { type HaWorld, heldBy, hostOf, masterIn, openHaWorld, timelineOf, underTraffic, viewOf, waitCondition } from './ha-world.js';

/** Two masters may stand so long before the controller ends them, and is given a little to notice and to be obeyed. */
const ENDED_MS = 10_000 + 3_000;

describeInLab('a pair of a controller', () => {
  let world: HaWorld;
  const figures: string[] = [];

  beforeAll(async () => {
    world = await openHaWorld();
  }, 180_000);

  afterAll(async () => {
    console.log(figures.join('\n'));
    await world?.fixture.stop();
  }, 60_000);

  async function command(body: object): Promise<string> {
    return (await world.fixture.api.post<{ commandId: string }>(`${world.path}/commands`, body)).commandId;
  }

  async function itemOf(commandId: string): Promise<HaTimelineItem> {
    return waitUntil('the failover in the timeline', async () =>
      (await timelineOf(world)).find((item) => item.kind === 'failover' && item.commandId === commandId),
    );
  }

  it('serves its virtual addresses, each box in sync with its facet', async () => {
    const view = await viewOf(world);
    expect(view.members.map(({ status, order }) => [status?.state, order])).toEqual([
      ['master', 'normal'],
      ['backup', 'normal'],
    ]);
    expect([await heldBy(world, 0), await heldBy(world, 1)]).toEqual([world.options.virtualAddresses, []]);
    const report = await underTraffic(world, async () => undefined);
    expect(report.failed).toEqual([]);
  }, 60_000);

  it('moves the addresses when an operator says so, and tells who, why and how long nobody had them', async () => {
    for (const kind of ['failover', 'fail-back'] as const) {
      const from = masterIn(world, await viewOf(world));
      let commandId = '';
      const report = await underTraffic(world, async () => {
        commandId = await command({ kind, reason: `a trial of ${kind}` });
        await waitUntil('the other to be master', async () => masterIn(world, await viewOf(world)) !== from);
        await waitWhole(world.fixture.api, world.pair.clusterId);
      });
      const item = await itemOf(commandId);
      figures.push(
        `${kind}: lost=${report.failed.length}/${report.sent} longest_gap_ms=${Math.round(report.longestGapMs)} timeline_gap_ms=${item.gapMs}`,
      );
      expect(item).toMatchObject({ planned: true, cause: 'ordered', orderedBy: expect.stringContaining('admin') });
      expect(item.message).toContain(`a trial of ${kind}`);
      expect(report.failed.length).toBeLessThanOrEqual(2);
    }
  }, 90_000);

  it('takes a member out and back in, and refuses what the pair could not survive', async () => {
    const [first, second] = world.pair.members.map(({ appliance }) => appliance.id);
    await command({ kind: 'maintenance', applianceId: second, reason: 'a new disk' });
    await waitCondition(world, 'maintenance');
    await waitUntil('it to stand aside', async () => (await viewOf(world)).members[1]!.status?.state === 'fault');
    const refused = await world.fixture.api.send('POST', `${world.path}/commands`, {
      kind: 'maintenance',
      applianceId: first,
      reason: 'both',
    });
    expect([refused.status, refused.json<{ code: string }>().code]).toEqual([409, 'ha.refused']);
    await command({ kind: 'normal', applianceId: second, reason: 'the disk is in' });
    await waitWhole(world.fixture.api, world.pair.clusterId);
    await waitInSync(world.fixture.api, second!);
  }, 60_000);

  it('sees two masters when VRRP is cut for good, ends them, and makes the pair whole when the way is open again', async () => {
    const link = hostOf(world, 1).links[0]!;
    const cutMs = monotonicMs();
    let flaggedMs = 0;
    let endedMs = 0;
    const report = await underTraffic(world, async () => {
      await link.cut({ protocol: 112 });
      await waitCondition(world, 'two-masters', 10_000);
      flaggedMs = monotonicMs() - cutMs;
      await waitUntil(
        'one of them to be told to give way',
        async () => (await viewOf(world)).members.some(({ order }) => order === 'demoted'),
        {
          timeoutMs: ENDED_MS,
        },
      );
      await waitUntil('one master', async () => (await heldBy(world, 1)).length === 0, { timeoutMs: 5_000, intervalMs: 20 });
      endedMs = monotonicMs() - cutMs;
    });
    figures.push(
      `VRRP cut for good: flagged_ms=${Math.round(flaggedMs)} ended_ms=${Math.round(endedMs)} lost=${report.failed.length}/${report.sent}`,
    );
    expect(flaggedMs).toBeLessThan(10_000);
    expect(endedMs).toBeLessThan(flaggedMs + ENDED_MS);
    const during = await viewOf(world);
    expect(during.members.map(({ status, order }) => [status?.state, order])).toEqual([
      ['master', 'normal'],
      ['fault', 'demoted'],
    ]);
    await link.heal();
    await waitWhole(world.fixture.api, world.pair.clusterId);
    const item = (await timelineOf(world)).findLast(({ kind }) => kind === 'two-masters');
    expect(item?.endedAt).not.toBeNull();
  }, 90_000);
});
