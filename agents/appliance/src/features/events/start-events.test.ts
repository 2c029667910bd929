import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeDisk, silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { BoxHome } from '../../platform/box-home.js';
import type { AgentContext } from '../../platform/feature.js';
import { LoopbackController } from '../../testing/loopback-controller.js';
import { SegmentWriter } from '../../testing/segment-writer.js';
import { type RunningEvents, startEvents } from './start-events.js';

let root: string;
let home: BoxHome;
let controller: LoopbackController;
let running: RunningEvents;
let spool: string;

function start(): void {
  const context = { home, disk: nodeDisk, link: controller, logger: silentLogger } as unknown as AgentContext;
  running = startEvents(context);
  controller.connect();
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'phalanx-agent-'));
  home = new BoxHome(root);
  spool = join(home.engine, 'spool');
  controller = new LoopbackController();
});
afterEach(async () => {
  await running.stop();
  rmSync(root, { recursive: true, force: true });
});

const event = (n: number) => JSON.stringify({ n });
const stored = (stream: string) =>
  [...controller.events].filter(([key]) => key.startsWith(stream)).map(([, { event: value }]) => value as { n?: number });

describe('shipping of segments', () => {
  it('sends a growing segment as it grows, and keeps it while it is open', async () => {
    const writer = new SegmentWriter(spool);
    start();
    writer.add(event(0));
    await waitUntil('the first record', () => controller.total() === 1);
    writer.add(event(1), event(2));
    await waitUntil('the others', () => controller.total() === 3);
    expect(stored(writer.stream)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
    expect(existsSync(writer.path)).toBe(true);
  });

  it('removes a closed segment once all of it is acknowledged, and tells so with a later batch', async () => {
    const writer = new SegmentWriter(spool).add(event(0), event(1)).close();
    controller.faults = { isAckLost: () => true };
    start();
    await waitUntil('the batch', () => controller.total() === 2);
    expect(existsSync(writer.path)).toBe(true);
    controller.faults = {};
    controller.disconnect();
    controller.connect();
    await waitUntil('the removal', () => !existsSync(writer.path));
    new SegmentWriter(spool).add(event(0)).close();
    await waitUntil('the finished stream to be told', () => controller.finished.has(writer.stream));
    expect(controller.total()).toBe(3);
  });

  it('leaves a torn last line alone until it is whole, and drops it when the writer is gone', async () => {
    const alive = new SegmentWriter(spool).add(event(0)).addTorn('{"n":');
    const dead = new SegmentWriter(spool, { startTicks: 1 }).add(event(0)).addTorn('{"n":7');
    const rebooted = new SegmentWriter(spool, { bootId: 'an older boot' }).add(event(0));
    start();
    await waitUntil('the whole records', () => controller.total() === 3);
    await waitUntil('the dead writers’ files to go', () => readdirSync(spool).length === 1);
    alive.addTorn('1}\n');
    await waitUntil('the completed record', () => controller.total() === 4);
    expect(stored(alive.stream)).toEqual([{ n: 0 }, { n: 1 }]);
    expect(stored(dead.stream)).toEqual([{ n: 0 }]);
    expect(controller.ledger.get(rebooted.stream)).toBe(1);
  });

  it('sums folded records exactly, also when the event that they repeat was acknowledged before', async () => {
    const writer = new SegmentWriter(spool).add(event(0), '+0', '+0', event(1), '+0');
    start();
    await waitUntil('the first part', () => controller.total() === 5);
    writer.add('+1', '+0', ...Array.from({ length: 5000 }, () => '+1'), event(2)).close();
    await waitUntil('all', () => controller.total() === writer.records);
    const counts = [0, 3].map((position) => controller.events.get(`${writer.stream} ${position}`)?.count);
    // `+1` names record 1, which is itself a repeat: nothing that is stored, but accounted for.
    expect(counts).toEqual([5, 1]);
    expect(controller.events.get(`${writer.stream} unknown 1`)).toBeDefined();
  });

  it('sends what is no event as what it is, so that every record is accounted for', async () => {
    const lines = ['garbage', '+9', '+', '', '{"n":', `{"n":"${'x'.repeat(600_000)}"}`, `{"n":"${'y'.repeat(3_000_000)}"}`, event(7)];
    const writer = new SegmentWriter(spool).add(...lines).close();
    start();
    await waitUntil('all records', () => controller.total() === lines.length);
    await waitUntil('the removal', () => !existsSync(writer.path));
    expect(stored(writer.stream).at(-1)).toEqual({ n: 7 });
    expect(stored(writer.stream).filter((value) => (value as { kind?: string }).kind === 'unreadable')).toHaveLength(lines.length - 1);
  });

  it('goes on where the ledger stands when its own progress is lost or wrong', async () => {
    const writer = new SegmentWriter(spool).add(...Array.from({ length: 10 }, (_, n) => event(n)));
    start();
    await waitUntil('all', () => controller.total() === 10);
    await running.stop();
    for (const progress of [null, '{', '{"a":{"position":3}}', JSON.stringify({ [writer.stream]: { position: 4, offset: 333 } })]) {
      if (progress === null) rmSync(join(home.spool, 'progress.json'));
      else writeFileSync(join(home.spool, 'progress.json'), progress);
      writer.add(event(writer.records));
      start();
      await waitUntil('the new record', () => controller.total() === writer.records);
      await running.stop();
    }
    expect(stored(writer.stream)).toEqual(Array.from({ length: writer.records }, (_, n) => ({ n })));
  });

  it('goes back when the controller was restored from an older copy', async () => {
    const writer = new SegmentWriter(spool).add(...Array.from({ length: 6 }, (_, n) => event(n)));
    start();
    await waitUntil('all', () => controller.total() === 6);
    for (const position of [3, 4, 5]) controller.events.delete(`${writer.stream} ${position}`);
    controller.ledger.set(writer.stream, 3);
    writer.add(event(6));
    await waitUntil('what was lost and what is new', () => controller.total() === 7);
    expect(controller.ledger.get(writer.stream)).toBe(7);
  });

  it('removes a file of which the controller has more than a power cut left', async () => {
    const writer = new SegmentWriter(spool, { bootId: 'an older boot' }).add(event(0), event(1));
    controller.ledger.set(writer.stream, 5);
    start();
    await waitUntil('the removal', () => readdirSync(spool).length === 0);
    expect(controller.events.size).toBe(0);
  });

  it('lets what happens now through while a backlog is shipped', async () => {
    for (let file = 0; file < 60; file++) new SegmentWriter(spool).add(event(0), event(1)).close();
    const live = new SegmentWriter(spool).add(event(0));
    start();
    await waitUntil('everything', () => controller.total() === 121);
    expect(controller.order.indexOf(live.stream)).toBeLessThan(10);
  });

  it('waits as long as the controller asks it to', async () => {
    start();
    let isBusy = true;
    controller.faults = { isBusy: () => isBusy };
    const writer = new SegmentWriter(spool).add(event(0)).close();
    await waitUntil('a few tries', () => controller.published.length >= 3);
    expect(controller.total()).toBe(0);
    isBusy = false;
    await waitUntil('the removal', () => !existsSync(writer.path));
    expect(controller.total()).toBe(1);
  });

  it('loses and doubles nothing under lost, repeated and broken deliveries and restarts of the agent', async () => {
    let seed = 7;
    const chance = (percent: number) => () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % 100 < percent;
    controller.faults = { isAckLost: chance(0), isRepeated: chance(30), breaks: chance(20), isBusy: chance(10) };
    start();
    const writers: SegmentWriter[] = [];
    for (let round = 0; round < 12; round++) {
      const writer = new SegmentWriter(spool);
      writers.push(writer);
      for (let n = 0; n < 50; n++) writer.add(n > 0 && n % 3 === 0 ? '+0' : event(n));
      if (round % 2 === 0) writer.close();
      if (round % 4 === 3) {
        await running.stop();
        if (round % 8 === 3) rmSync(join(home.spool, 'progress.json'), { force: true });
        start();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waitUntil('every record', () => controller.total() === 12 * 50, { timeoutMs: 20_000 });
    for (const writer of writers) if (writer.path.endsWith('open')) writer.close();
    await waitUntil('an empty spool', () => readdirSync(spool).length === 0, { timeoutMs: 20_000 });
    expect(controller.total()).toBe(12 * 50);
    expect([...controller.events.keys()].some((key) => key.includes('unknown'))).toBe(false);
  });

  it('tells what waits in the spool', async () => {
    start();
    controller.disconnect();
    new SegmentWriter(spool).add(...Array.from({ length: 100 }, (_, n) => event(n)));
    await waitUntil('the scan', () => running.spool().bytes > 0);
    expect(running.spool().records).toBeGreaterThan(0);
    controller.connect();
    await waitUntil('an empty spool', () => running.spool().bytes === 0);
    expect(running.spool().records).toBe(0);
  });
});
