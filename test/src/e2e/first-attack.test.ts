import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplianceStateView, ApplicationView, EventView, Page } from '@phalanx/contracts';
import {
  exchange,
  LEGITIMATE,
  provisionBox,
  type ProvisionedBox,
  setLevel,
  type TrafficTarget,
  waitInSync,
  waitUntil,
} from '@phalanx/testing';
import { type E2eFixture, startFixture } from './fixture.js';

const ATTACK = { method: 'GET', path: "/product?id=1'%20or%201=1--" } as const;

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

describe('one box with four workers before a shop', () => {
  let fixture: E2eFixture;
  let target: ProvisionedBox;
  let door: TrafficTarget;

  const state = () => fixture.api.get<ApplianceStateView>(`/api/v1/appliances/${target.appliance.id}/state`);

  beforeAll(async () => {
    fixture = await startFixture();
    target = await provisionBox(fixture.stack, fixture.api, { name: 'first', upstreamPort: fixture.shopPort, workers: 4 });
    door = { host: '127.0.0.1', port: target.application.listenPort, name: 'shop.example' };
  }, 180_000);

  afterAll(async () => fixture?.stop(), 60_000);

  it('gives a visitor the shop’s answers byte for byte', async () => {
    const shop = { host: '127.0.0.1', port: fixture.shopPort, name: 'shop.example' };
    for (const request of LEGITIMATE) {
      const [through, direct] = [await exchange(door, request), await exchange(shop, request)];
      expect([request.path, through.status, through.body.equals(direct.body)]).toEqual([request.path, direct.status, true]);
      expect(through.headers['content-type']).toBe(direct.headers['content-type']);
    }
  });

  it('refuses an injection and shows it by REST within two seconds, under the block page’s request id', async () => {
    const at = performance.now();
    const answer = await exchange(door, ATTACK);
    expect(answer.status).toBe(403);
    const page = answer.body.toString('utf8');
    const requestId = /\b[0-9a-f]{32}\b/.exec(page)?.[0];
    expect(requestId).toBeDefined();
    const event = await waitUntil(
      'the event to be readable',
      async () => (await fixture.api.get<Page<EventView>>(`/api/v1/events?requestId=${requestId}`)).items[0],
      { timeoutMs: 10_000, intervalMs: 20 },
    );
    expect(performance.now() - at).toBeLessThan(2_000);
    expect(event).toMatchObject({
      kind: 'attack',
      action: 'blocked',
      requestId,
      source: '127.0.0.1',
      tenantId: target.tenantId,
      applianceId: target.appliance.id,
      applicationId: target.application.id,
      method: 'GET',
      path: '/product',
      status: 403,
    });
    if (event.kind !== 'attack') throw new Error('not an attack');
    expect(event.rules.some((rule) => rule.id >= 942_000 && rule.id < 943_000 && rule.matched !== '')).toBe(true);
    expect(event.score.inbound).toBeGreaterThanOrEqual(5);
  });

  it('obeys a change of level within two seconds (median of 20), then shows the digest of every worker', async () => {
    const durations: number[] = [];
    for (let i = 0; i < 20; i++) {
      const level = i % 2 === 0 ? 'detection' : 'prevention';
      const at = performance.now();
      await setLevel(fixture.api, target.application.id, level);
      // All four workers share the port: only a run of equal answers over new connections says that all have switched.
      await waitUntil(
        `the box to be at ${level}`,
        async () =>
          (await Promise.all(Array.from({ length: 8 }, () => exchange(door, ATTACK)))).every(
            (answer) => (answer.status === 403) === (level === 'prevention'),
          ),
        { timeoutMs: 20_000, intervalMs: 10 },
      );
      durations.push(performance.now() - at);
    }
    console.log(`level change to effect: median=${median(durations).toFixed(0)} ms max=${Math.max(...durations).toFixed(0)} ms`);
    expect(median(durations)).toBeLessThan(2_000);
    await waitInSync(fixture.api, target.appliance.id);
    const { facets, workers, workersWanted } = await state();
    const policy = facets.find((facet) => facet.facet === 'policy')!;
    expect(workersWanted).toBe(4);
    expect(workers.map((worker) => worker.policyDigest)).toEqual(Array(4).fill(policy.expectedDigest));
    expect(policy.applied).toEqual(policy.desired);
    expect(policy.renderedDigest).toBe(policy.expectedDigest);
  }, 120_000);

  it('does not read as applied while one of four workers fails its load, and does once that worker is replaced', async () => {
    const frozen = childrenOf(target.box.engine.pid)[1]!;
    const before = (await state()).facets.find((facet) => facet.facet === 'policy')!;
    const seen = new Set<string>();
    process.kill(frozen, 'SIGSTOP');
    try {
      await setLevel(fixture.api, target.application.id, 'learning');
      const after = await waitUntil(
        'the change to read as applied again',
        async () => {
          const view = await state();
          const policy = view.facets.find((facet) => facet.facet === 'policy')!;
          if (policy.desired?.sha256 === before.desired?.sha256) return null;
          seen.add(policy.state);
          return policy.state === 'applied' ? { policy, workers: view.workers } : null;
        },
        { timeoutMs: 90_000, intervalMs: 50 },
      );
      // The watchdog has put another worker in its place: only then do all four run the change.
      expect(after.workers.map((worker) => worker.pid)).not.toContain(frozen);
      expect(after.workers.map((worker) => worker.policyDigest)).toEqual(Array(4).fill(after.policy.expectedDigest));
      expect(after.policy.applied).toEqual(after.policy.desired);
      expect([...seen].filter((word) => word !== 'applied')).not.toEqual([]);
    } finally {
      try {
        process.kill(frozen, 'SIGKILL');
      } catch (error) {
        // The watchdog has ended it already.
        expect((error as NodeJS.ErrnoException).code).toBe('ESRCH');
      }
    }
    await setLevel(fixture.api, target.application.id, 'prevention');
    await waitInSync(fixture.api, target.appliance.id);
  }, 180_000);

  it('shows drift when a rule file is edited by hand without a reload', async () => {
    const folder = join(fixture.stack.boxHome('first'), 'engine/active');
    expect(readdirSync(folder).sort()).toEqual(['policy.json', 'signatures.json']);
    const file = join(folder, 'signatures.json');
    const original = readFileSync(file);
    writeFileSync(file, original.toString('utf8').replace('@detectSQLi', '@detectXSS'));
    try {
      const drifted = await waitUntil(
        'the drift to be shown',
        async () => {
          const facet = (await state()).facets.find((item) => item.facet === 'signatures')!;
          return facet.state === 'drifted' ? facet : null;
        },
        { timeoutMs: 30_000, intervalMs: 200 },
      );
      expect(drifted.renderedDigest).not.toBe(drifted.expectedDigest);
      expect(drifted.reason).toBeTruthy();
    } finally {
      writeFileSync(file, original);
    }
    await waitInSync(fixture.api, target.appliance.id, 60_000);
  }, 120_000);

  it('keeps the effective level in the application’s view', async () => {
    expect((await fixture.api.get<ApplicationView>(`/api/v1/applications/${target.application.id}`)).level).toBe('prevention');
  });
});
