import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttackEvent, EventBatch } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { type IngressFixture, startIngressFixture, type TestBox } from '../../testing/ingress-fixture.js';
import { SAMPLE_BOOT, sampleAttack, sampleBatch, sampleLoss } from '../../testing/sample-events.js';

let fixture: IngressFixture;
beforeAll(async () => {
  fixture = await startIngressFixture();
}, 60_000);
afterAll(() => fixture.stop());

/** Sends a batch as the box would, and returns the answer. */
async function send(box: TestBox, batch: string, receivedAt = new Date()) {
  const before = fixture.link.published.length;
  const payload = Buffer.from(batch);
  const identity = { applianceId: box.applianceId, serial: '1' };
  await fixture.link.deliver({
    identity,
    tenantId: box.tenantId,
    enrolmentId: randomUUID(),
    channel: 'events',
    payload,
    receivedAt,
    retained: false,
  });
  const { stream } = JSON.parse(batch.split('\n')[0]!) as EventBatch;
  return waitUntil('an acknowledgement', () =>
    fixture.link.published
      .slice(before)
      .map((sent) => JSON.parse(sent.payload) as { stream: string; next: number | null })
      .find((ack) => ack.stream === stream),
  );
}

async function rowsOf(stream: string) {
  return fixture.owner.query<
    { position: string; request_id: string | null; count: string; occurred_at: Date; received_at: Date; box_time: Date }[]
  >('select position, request_id, count, occurred_at, received_at, box_time from events where stream = $1 order by position', [stream]);
}

async function lettersOf(stream: string) {
  return fixture.owner.query<{ position: string; reason: string; count: string; payload: string }[]>(
    'select position, reason, count, payload from dead_letters where stream = $1 order by position',
    [stream],
  );
}

async function sumsOf(box: TestBox) {
  const [sums] = await fixture.owner.query<{ blocked: number; detected: number; passed: number; lost: number }[]>(
    `select sum(blocked)::int as blocked, sum(detected)::int as detected, sum(passed)::int as passed, sum(lost)::int as lost
       from event_rollups where appliance_id = $1`,
    [box.applianceId],
  );
  return sums;
}

describe('ingest of event batches', () => {
  it('stores a batch that is sent again only once', async () => {
    const stream = randomUUID();
    const batch = sampleBatch(stream, 0, [sampleAttack(), sampleAttack({ action: 'detected' })]);
    expect(await send(fixture.boxes[0], batch)).toEqual({ stream, next: 2 });
    expect(await send(fixture.boxes[0], batch)).toEqual({ stream, next: 2 });
    expect(await rowsOf(stream)).toHaveLength(2);
    expect(await sumsOf(fixture.boxes[0])).toMatchObject({ blocked: 1, detected: 1 });
  });

  it('answers a batch that is early, late or overlapping with the place where the stream stands', async () => {
    const stream = randomUUID();
    const events = Array.from({ length: 6 }, () => sampleAttack());
    expect(await send(fixture.boxes[1], sampleBatch(stream, 3, events.slice(3)))).toEqual({ stream, next: 0 });
    expect(await send(fixture.boxes[1], sampleBatch(stream, 0, events.slice(0, 3)))).toEqual({ stream, next: 3 });
    expect(await send(fixture.boxes[1], sampleBatch(stream, 2, events.slice(2)))).toEqual({ stream, next: 3 });
    expect(await send(fixture.boxes[1], sampleBatch(stream, 3, events.slice(3)))).toEqual({ stream, next: 6 });
    const rows = await rowsOf(stream);
    expect(rows.map((row) => Number(row.position))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rows.map((row) => row.request_id)).toEqual(events.map((event) => event.requestId));
  });

  it('stores each event once when the same batches arrive many times at once', async () => {
    const stream = randomUUID();
    const events = Array.from({ length: 40 }, () => sampleAttack());
    const batches = [0, 10, 20, 30].map((first) => sampleBatch(stream, first, events.slice(first, first + 10)));
    for (let round = 0; round < 6; round++) await Promise.all([...batches, ...batches].map((batch) => send(fixture.boxes[1], batch)));
    expect((await rowsOf(stream)).map((row) => row.request_id)).toEqual(events.map((event) => event.requestId));
  });

  it('keeps the streams of two boxes apart even when they carry the same id', async () => {
    const stream = randomUUID();
    await send(fixture.boxes[0], sampleBatch(stream, 0, [sampleAttack()]));
    await send(fixture.boxes[2], sampleBatch(stream, 0, [sampleAttack()]));
    const owners = await fixture.owner.query<{ tenant_id: string }[]>('select tenant_id from events where stream = $1', [stream]);
    expect(new Set(owners.map((row) => row.tenant_id)).size).toBe(2);
  });

  it('adds folded refusals to the event that they repeat, within a batch and across batches', async () => {
    const stream = randomUUID();
    const box = fixture.boxes[3];
    const head = sampleAttack();
    expect(await send(box, sampleBatch(stream, 0, [head], { next: 5, repeats: [{ position: 0, count: 4 }] }))).toEqual({ stream, next: 5 });
    const second = sampleBatch(stream, 5, [], { next: 12, repeats: [{ position: 0, count: 7 }] });
    expect(await send(box, second)).toEqual({ stream, next: 12 });
    expect(await send(box, second)).toEqual({ stream, next: 12 });
    const rows = await rowsOf(stream);
    expect(rows).toHaveLength(1);
    expect(Number(rows[0]!.count)).toBe(12);
    expect(await sumsOf(box)).toMatchObject({ blocked: 12 });
    const [shown] = await fixture.database.run(scopeOfTenant(box.tenantId), () =>
      fixture.events.list({ limit: 10, requestId: head.requestId }, null, 10),
    );
    expect(Number(shown!.count)).toBe(12);
  });

  it('buries refusals that repeat nothing, with their count', async () => {
    const stream = randomUUID();
    const bad = { ...sampleAttack(), method: 7 };
    await send(fixture.boxes[0], sampleBatch(stream, 0, [bad], { next: 4, repeats: [{ position: 0, count: 3 }] }));
    await send(fixture.boxes[0], sampleBatch(stream, 4, [], { next: 6, repeats: [{ position: 0, count: 2 }] }));
    const letters = await lettersOf(stream);
    expect(letters.reduce((sum, letter) => sum + Number(letter.count), 0)).toBe(6);
    expect(await rowsOf(stream)).toHaveLength(0);
  });

  it('sums losses', async () => {
    const stream = randomUUID();
    const before = (await sumsOf(fixture.boxes[2]))?.lost ?? 0;
    await send(fixture.boxes[2], sampleBatch(stream, 0, [sampleLoss(1234)]));
    expect((await sumsOf(fixture.boxes[2]))!.lost - before).toBe(1234);
  });

  it('buries what no event may hold and stores the rest of the batch', async () => {
    const stream = randomUUID();
    const deep = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) as unknown;
    const bad: unknown[] = [
      sampleAttack({ path: '/a\0b' }),
      sampleAttack({ query: 'x\ud800y' }),
      { ...sampleAttack(), extra: 1 },
      { kind: 'unknown' },
      null,
      'text',
      sampleAttack({ count: 2_000_000_000 }),
      {
        kind: 'system',
        time: new Date().toISOString(),
        bootId: 'b',
        monotonicMs: 1,
        code: 'a.b',
        severity: 'INFO',
        message: 'm',
        details: { deep },
      },
      {
        kind: 'system',
        time: new Date().toISOString(),
        bootId: 'b',
        monotonicMs: 1,
        code: 'a.b',
        severity: 'INFO',
        message: 'm',
        details: { 'k\0': 1 },
      },
    ];
    const good = sampleAttack({ path: 'line\nfeed', source: '\n', userAgent: '"quoted" {\\n} \u{1f600}' });
    const events = [good, ...bad, sampleAttack()];
    const message = sampleBatch(stream, 0, events).replace('"text"', '{"kind":');
    expect(await send(fixture.boxes[0], message)).toEqual({ stream, next: events.length });
    expect((await rowsOf(stream)).map((row) => Number(row.position))).toEqual([0, events.length - 1]);
    expect((await lettersOf(stream)).map((letter) => Number(letter.position))).toEqual(bad.map((_, index) => index + 1));
    const [stored] = await fixture.owner.query<{ body: AttackEvent }[]>('select body from events where stream = $1 and position = 0', [
      stream,
    ]);
    expect(stored!.body).toEqual(good);
  });

  it('finds the row that the database refuses and buries it alone', async () => {
    const stream = randomUUID();
    await fixture.owner.query(`create function refuse_it() returns trigger language plpgsql as $$
      begin raise exception 'not this one' using errcode = '22023'; end $$`);
    await fixture.owner.query(
      `create trigger refuse_it before insert on events for each row when (new.request_id = 'refused-by-it') execute function refuse_it()`,
    );
    try {
      const events = Array.from({ length: 9 }, (_, index) => sampleAttack(index === 4 ? { requestId: 'refused-by-it' } : {}));
      expect(await send(fixture.boxes[0], sampleBatch(stream, 0, events))).toEqual({ stream, next: 9 });
    } finally {
      await fixture.owner.query('drop trigger refuse_it on events');
    }
    expect((await rowsOf(stream)).map((row) => Number(row.position))).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect((await lettersOf(stream)).map((letter) => letter.reason)).toEqual(['events.refused: not this one']);
  });

  it('says nothing about a message that is no batch', async () => {
    const box = fixture.boxes[0];
    const published = fixture.link.published.length;
    const stream = randomUUID();
    const good = JSON.stringify(sampleAttack());
    const frames = [
      sampleBatch(stream, 0, [sampleAttack()], { next: 2 }),
      sampleBatch(stream, 5, [sampleAttack()], { next: 5 }),
      sampleBatch(stream, 5, [], { next: 6, repeats: [{ position: 6, count: 1 }] }),
      sampleBatch(stream, 4, [sampleAttack()], { first: 5, next: 6 }),
      sampleBatch('not-a-stream', 0, [sampleAttack()]),
      ...[`x ${good}`, good, ` ${good}`, '', '0'].map((line) => `${sampleBatch(stream, 0, [], { next: 1 })}\n${line}`),
      '{',
      '\xff',
    ];
    for (const frame of frames) {
      await fixture.link.deliver({
        identity: { applianceId: box.applianceId, serial: '1' },
        tenantId: box.tenantId,
        enrolmentId: randomUUID(),
        channel: 'events',
        payload: Buffer.from(frame, 'latin1'),
        receivedAt: new Date(),
        retained: false,
      });
    }
    await send(box, sampleBatch(randomUUID(), 0, [sampleAttack()]));
    expect(fixture.link.published.length).toBe(published + 1);
    expect(await rowsOf(stream)).toHaveLength(0);
  });

  it('forgets only streams that the box has done with, and only after a while', async () => {
    const [done, open] = [randomUUID(), randomUUID()];
    const box = fixture.boxes[3];
    await send(box, sampleBatch(done, 0, [sampleAttack()]));
    await send(box, sampleBatch(open, 0, [sampleAttack()], { finished: [done] }));
    const forget = (before: Date) => fixture.database.run(scopeOfTenant(box.tenantId), () => fixture.ledger.forget(true, before, 100));
    expect(await forget(new Date(Date.now() - 60_000))).toBe(0);
    expect(await forget(new Date(Date.now() + 60_000))).toBe(1);
    const left = await fixture.owner.query<{ stream: string }[]>('select stream from event_ledger where appliance_id = $1', [
      box.applianceId,
    ]);
    expect(left.map((row) => row.stream)).toContain(open);
    expect(left.map((row) => row.stream)).not.toContain(done);
  });
});

describe('events of the packet engine', () => {
  it('are found by their source and summed apart from refused requests', async () => {
    const stream = randomUUID();
    const box = fixture.boxes[3];
    const before = (await sumsOf(box))?.blocked ?? 0;
    const time = new Date().toISOString();
    const scan = {
      kind: 'network',
      time,
      bootId: 'boot',
      monotonicMs: 1,
      from: time,
      threat: 'syn-scan',
      action: 'blocked',
      source: '192.0.2.77',
    };
    const event = {
      ...scan,
      destination: null,
      port: null,
      protocol: 'tcp',
      interface: 'eth0',
      rule: null,
      blockedUntil: null,
      count: 40,
      bytes: 2400,
    };
    expect(await send(box, sampleBatch(stream, 0, [event, { ...event, action: 'passed', count: 2 }]))).toEqual({ stream, next: 2 });
    const find = (source: string) =>
      fixture.database.run(scopeOfTenant(box.tenantId), () => fixture.events.list({ kind: 'network', source, limit: 50 }, null, 50));
    expect((await find('192.0.2.77')).map((row) => [Number(row.count), row.body.kind])).toEqual(
      expect.arrayContaining([
        [40, 'network'],
        [2, 'network'],
      ]),
    );
    expect(await find('192.0.2.78')).toEqual([]);
    expect((await sumsOf(box))?.blocked).toBe(before);
    const [sums] = await fixture.owner.query<{ n: number }[]>(
      'select sum(network_blocked)::int as n from event_rollups where appliance_id = $1',
      [box.applianceId],
    );
    expect(sums!.n).toBe(40);
  });
});

describe('time of events', () => {
  it('keeps events of boxes whose clocks say 1970 and 2099, near the time of receipt, with the box’s own time beside it', async () => {
    const stream = randomUUID();
    const receivedAt = new Date();
    const [early, late] = ['1970-01-01T00:00:09.000Z', '2099-12-31T23:59:59.000Z'];
    const events = [sampleAttack({ time: early, bootId: 'other' }), sampleAttack({ time: late, bootId: 'other' })];
    expect(await send(fixture.boxes[1], sampleBatch(stream, 0, events), receivedAt)).toEqual({ stream, next: 2 });
    const rows = await rowsOf(stream);
    expect(rows.map((row) => row.box_time.toISOString())).toEqual([early, late]);
    for (const row of rows) expect(row.occurred_at).toEqual(receivedAt);
  });

  it('corrects by the measured clocks, by the monotonic one within the same boot', async () => {
    const box = fixture.boxes[2];
    const stream = randomUUID();
    const receivedAt = new Date();
    // The box lives in 1970 and has been up for 100 s.
    const wall = new Date(5_000_000);
    await fixture.health.takeHeartbeat(
      { ...box, receivedAt },
      {
        version: 1,
        connectionId: 'connection-1',
        sequence: 1,
        time: wall.toISOString(),
        bootId: SAMPLE_BOOT,
        monotonicMs: 100_000,
        agentVersion: '1',
        engineVersion: null,
        certificateNotAfter: wall.toISOString(),
        box: {
          cpu: 0,
          load1: 0,
          memoryUsedBytes: 1,
          memoryTotalBytes: 1,
          diskUsedBytes: 1,
          diskTotalBytes: 1,
          uptimeSeconds: 100,
          spoolBytes: 0,
          spoolRecords: 0,
        },
        engine: null,
        network: null,
        guard: null,
        capabilities: [],
        reported: { version: 1, revision: 0, order: null, facets: [], workersWanted: 0, workers: [], hasTrustedTime: true, ha: null },
      },
    );
    const events = [
      sampleAttack({ time: '2050-01-01T00:00:00.000Z', bootId: SAMPLE_BOOT, monotonicMs: 70_000 }),
      sampleAttack({ time: new Date(wall.getTime() - 10_000).toISOString(), bootId: 'an older boot', monotonicMs: 9 }),
      sampleAttack({ time: '1969-01-01T00:00:00.000Z', bootId: 'an older boot', monotonicMs: 9 }),
    ];
    await send(box, sampleBatch(stream, 0, events), receivedAt);
    const agesMs = (await rowsOf(stream)).map((row) => receivedAt.getTime() - row.occurred_at.getTime());
    expect(agesMs[0]).toBe(30_000);
    expect(agesMs[1]).toBe(10_000);
    expect(agesMs[2]).toBe(7 * 86_400_000);
  });
});
