import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { sleep } from '@phalanx/kit';
import { type ProvisionedBox, provisionBox, Traffic, type TrafficOutcome, waitUntil } from '@phalanx/testing';
import pg from 'pg';
import { type E2eFixture, startFixture } from './fixture.js';

interface StoredEvent {
  readonly requestId: string;
  readonly count: number;
}

/** All attack events of the database, read as its owner, past every fence. */
async function storedEvents(databaseUrl: string): Promise<StoredEvent[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<StoredEvent>(
      `select request_id as "requestId", count::int as count from events where kind = 'attack'`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** Pids of an engine's workers, from its primary's children. */
function workersOf(enginePid: number): number[] {
  return readFileSync(`/proc/${enginePid}/task/${enginePid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

describe('kill -9 of any process under traffic', () => {
  let fixture: E2eFixture;
  let target: ProvisionedBox;

  beforeAll(async () => {
    // The kills are of processes, not of the power: the database still waits for its log.
    fixture = await startFixture({ durable: true });
    target = await provisionBox(fixture.stack, fixture.api, { name: 'kill', upstreamPort: fixture.shopPort, workers: 2 });
  }, 180_000);

  afterAll(async () => fixture?.stop(), 60_000);

  it('loses no refusal that a client saw and stores none twice', async () => {
    const outcomes: TrafficOutcome[] = [];
    const traffic = new Traffic({
      targets: [{ host: '127.0.0.1', port: target.application.listenPort, name: 'shop.example' }],
      requestsPerSecond: 300,
      attackShare: 0.2,
      onAnswer: (outcome) => outcomes.push(outcome),
    });
    await sleep(2_000);
    const { engine, agent } = target.box;
    const { stack, troubles } = fixture;
    const victims: readonly [string, () => void][] = [
      ['engine worker', () => process.kill(workersOf(engine.pid)[0]!, 'SIGKILL')],
      ['agent', () => agent.kill('SIGKILL')],
      ['controller', () => stack.controller.kill('SIGKILL')],
      ['broker', () => stack.broker.kill('SIGKILL')],
      ['postgres', () => stack.postgres!.kill('SIGKILL')],
    ];
    for (const [, kill] of victims) {
      kill();
      await sleep(4_000);
    }
    await traffic.stop();

    const broken = outcomes.filter((outcome) => outcome.status === 0).length;
    const refused = outcomes.filter((outcome) => outcome.status === 403);
    const seen = refused.map((outcome) => outcome.requestId);
    expect(refused.length).toBeGreaterThan(500);
    expect(seen).not.toContain(null);
    expect(new Set(seen).size).toBe(seen.length);

    let events: StoredEvent[] = [];
    await waitUntil(
      'every seen refusal to be stored',
      async () => {
        events = await storedEvents(stack.databaseUrl);
        const ids = new Set(events.map((event) => event.requestId));
        const missing = seen.filter((id) => !ids.has(id!));
        if (missing.length > 0) throw new Error(`${missing.length} of ${seen.length} are missing`);
        return true;
      },
      { timeoutMs: 90_000, intervalMs: 500 },
    );
    // What still travels would show as a double now.
    await sleep(3_000);
    events = await storedEvents(stack.databaseUrl);
    expect(events.every((event) => event.count === 1)).toBe(true);
    expect(new Set(events.map((event) => event.requestId)).size).toBe(events.length);
    const unseen = events.length - seen.length;
    console.log(
      `sent=${outcomes.length} refused=${refused.length} stored=${events.length} unseen=${unseen} broken=${broken} restarts: ${troubles.join('; ')}`,
    );
    expect(unseen).toBeLessThanOrEqual(broken);
  }, 240_000);
});
