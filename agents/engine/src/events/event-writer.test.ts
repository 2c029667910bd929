import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applianceEventSchema, segmentHeaderSchema, type ApplianceEvent, type AttackEvent } from '@phalanx/contracts';
import { silentLogger, sleep } from '@phalanx/kit';
import { monotonicMs, ownIdentity } from '../process-identity.js';
import { EventWriter } from './event-writer.js';
import { LossCounter } from './loss-counter.js';
import { canMount, mount, resize, unmount } from '../testing/small-disk.js';
import { SharedRate } from './shared-rate.js';
import { measureSpool, SpoolSpace } from './spool-space.js';

const identity = ownIdentity();
let folder = '';
let spool = '';
let writers: EventWriter[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-events-'));
  spool = join(folder, 'spool');
  mkdirSync(spool);
  writers = [];
});
afterEach(async () => {
  await Promise.all(writers.map((writer) => writer.close()));
  rmSync(folder, { recursive: true, force: true });
});

function writer(foldAbovePerSecond: number, space = new SpoolSpace(64 * 1024 * 1024, 1)): EventWriter {
  const made = new EventWriter({
    folder: spool,
    writer: 'worker-0',
    identity,
    space,
    losses: new LossCounter(join(folder, '0.loss'), spool, identity),
    logger: silentLogger,
    rate: new SharedRate(join(folder, 'rate'), 0, 2),
    foldAbovePerSecond,
  });
  writers.push(made);
  return made;
}

function attack(requestId: string): AttackEvent {
  const empty = { userAgent: '', host: 'shop', path: '/', query: '', protocol: 'HTTP/1.1', method: 'GET' };
  return {
    kind: 'attack',
    time: new Date().toISOString(),
    bootId: identity.bootId,
    monotonicMs: monotonicMs(),
    requestId,
    applicationId: null,
    source: '192.0.2.1',
    peer: '192.0.2.1',
    ...empty,
    rules: [],
    action: 'blocked',
    status: 403,
    score: { inbound: 5, outbound: 0 },
    level: 'prevention',
    stage: 'signatures',
    count: 1,
  };
}

/** Reads all segments as a reader would: sums by kind, and the number of whole events. */
function readSpool(): { events: ApplianceEvent[]; refusals: number; lost: number } {
  const events: ApplianceEvent[] = [];
  let refusals = 0;
  let lost = 0;
  for (const name of readdirSync(spool).filter((n) => n.endsWith('.open') || n.endsWith('.closed'))) {
    const [header = '', ...lines] = readFileSync(join(spool, name), 'utf8').split('\n').slice(0, -1);
    expect(name.startsWith(segmentHeaderSchema.parse(JSON.parse(header)).stream)).toBe(true);
    for (const line of lines) {
      if (line.startsWith('+')) {
        expect(lines[Number(line.slice(1))]).toMatch(/^\{"kind":"attack"/);
        refusals++;
        continue;
      }
      const event = applianceEventSchema.parse(JSON.parse(line));
      events.push(event);
      if (event.kind === 'attack') refusals += event.count;
      if (event.kind === 'loss') lost += event.lost;
    }
  }
  return { events, refusals, lost };
}

async function eventually(isTrue: () => boolean, deadlineMs = 5_000): Promise<void> {
  const until = Date.now() + deadlineMs;
  while (!isTrue()) {
    if (Date.now() > until) throw new Error('it did not become true in time');
    await sleep(20);
  }
}

describe('EventWriter', () => {
  it('has each event in the file, whole, when the call returns', () => {
    const events = writer(100);
    events.writeAttack(attack('request-1'), 'k');
    events.writeSystem({ code: 'engine.started', severity: 'NOTICE', message: 'm', details: {} });
    expect(readSpool().events.map(({ kind }) => kind)).toEqual(['attack', 'system']);
  });

  it('folds above the rate, by kind, and the sums stay exact', () => {
    const events = writer(10);
    for (let i = 0; i < 5_000; i++) events.writeAttack(attack(`request-${i}`), i % 2 === 0 ? 'even' : 'odd');
    const { refusals, events: whole } = readSpool();
    expect(refusals).toBe(5_000);
    // A second may have begun in between, and each second writes at most ten whole events and one per kind more.
    expect(whole.length).toBeLessThan(100);
    expect(events.written).toBe(5_000);
  });

  it('folds by the rate of the whole box: alone up to all of it, and not before', () => {
    const events = writer(1_000);
    const other = new SharedRate(join(folder, 'rate'), 1, 2);
    const wait = (): number => {
      // The beginning of a second leaves time for both halves of the test.
      while (Date.now() % 1000 > 300);
      return Math.floor(Date.now() / 1000);
    };
    wait();
    for (let i = 0; i < 900; i++) events.writeAttack(attack(`request-${i}`), 'k');
    expect(readSpool().events).toHaveLength(900);
    const second = wait();
    for (let i = 0; i < 1_000; i++) other.count(second);
    for (let i = 0; i < 50; i++) events.writeAttack(attack(`request-late-${i}`), 'late');
    expect(readSpool().events).toHaveLength(901);
    expect(readSpool().refusals).toBe(950);
    other.close();
  });

  it('rotates by size and by age, and points folded lines into their own segment only', async () => {
    const events = writer(1);
    for (let i = 0; i < 20_000; i++) events.writeAttack(attack(`request-${i}`), `kind-${i % 50}`);
    for (let i = 0; i < 3_000; i++) events.writeAttack(attack(`request-other-${i}`), `single-${i}`);
    expect(readdirSync(spool).filter((name) => name.endsWith('.closed')).length).toBeGreaterThan(0);
    expect(readSpool().refusals).toBe(23_000);
    await eventually(() => readdirSync(spool).every((name) => name.endsWith('.closed')));
  });

  it('finds by itself the room that was made after the last measurement', async () => {
    const space = new SpoolSpace(1_048_576, 1);
    writeFileSync(join(spool, 'ballast'), Buffer.alloc(900_000));
    space.measured(await measureSpool(spool));
    const events = writer(Number.POSITIVE_INFINITY, space);
    events.writeAttack(attack('request-1'), 'k');
    expect(events.lost).toBe(1);
    rmSync(join(spool, 'ballast'));
    await eventually(() => {
      events.writeAttack(attack('request-2'), 'k');
      return events.written > 0;
    });
  });

  it('counts what goes past the spool limit, and reports the count once there is room', async () => {
    const space = new SpoolSpace(1_048_576, 1);
    const events = writer(Number.POSITIVE_INFINITY, space);
    for (let i = 0; i < 5_000; i++) events.writeAttack(attack(`request-${i}`), 'k');
    expect(events.lost).toBeGreaterThan(0);
    expect((await measureSpool(spool)).bytes).toBeLessThanOrEqual(1_048_576);
    const kept = readSpool().refusals;
    space.configure(64 * 1024 * 1024, 1);
    await eventually(() => readSpool().lost > 0);
    expect(readSpool().lost + kept).toBe(5_000);
  });
});

describe('LossCounter', () => {
  it('keeps its count when its process dies, and reports it once', () => {
    const path = join(folder, '0.loss');
    new LossCounter(path, spool, identity).add(7);
    const next = new LossCounter(path, spool, identity);
    expect(next.unreported).toBe(7);
    next.report('worker-0', 'test');
    expect(readSpool().lost).toBe(7);
    const later = new LossCounter(path, spool, identity);
    expect(later.unreported).toBe(0);
    later.add(1);
    later.report('worker-0', 'test');
    expect(readSpool().lost).toBe(8);
  });

  it('finishes a report that was cut off, before and after its segment was moved', () => {
    const path = join(folder, '0.loss');
    const counter = new LossCounter(path, spool, identity);
    counter.add(3);
    const before = readFileSync(path);
    counter.report('worker-0', 'test');
    const closed = readdirSync(spool).find((name) => name.endsWith('.closed')) ?? '';
    // As a death between the steps leaves it: the stream noted, the segment not yet (or already) moved.
    const noted = Buffer.from(before);
    noted.writeDoubleLE(3, 48);
    noted.write(closed.replace('.closed', ''), 56, 'latin1');
    writeFileSync(path, noted);
    expect(new LossCounter(path, spool, identity).unreported).toBe(0);
    renameSync(join(spool, closed), join(spool, '.0.loss.tmp'));
    writeFileSync(path, noted);
    expect(new LossCounter(path, spool, identity).unreported).toBe(0);
    expect(readSpool().lost).toBe(3);
  });
});

(canMount() ? describe : describe.skip)('on a full disk', () => {
  it('keeps the sums exact: what is not in the segments is in the loss', async () => {
    mount(spool, '512k');
    try {
      const events = writer(Number.POSITIVE_INFINITY);
      for (let i = 0; i < 5_000; i++) events.writeAttack(attack(`request-${i}`), 'k');
      expect(events.lost).toBeGreaterThan(0);
      events.writeSystem({ code: 'engine.started', severity: 'NOTICE', message: 'm', details: {} });
      const kept = readSpool().refusals;
      resize(spool, '8m');
      await eventually(() => readSpool().lost > 0);
      expect(readSpool().lost + kept).toBe(5_000);
      await eventually(() => readSpool().events.some(({ kind }) => kind === 'system'));
      events.writeAttack(attack('request-after'), 'k');
      expect(readSpool().refusals).toBe(kept + 1);
    } finally {
      await Promise.all(writers.map((w) => w.close()));
      writers = [];
      unmount(spool);
    }
  });
});
