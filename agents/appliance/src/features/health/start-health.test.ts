import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { heartbeatSchema, presenceSchema, type ReportedState } from '@phalanx/contracts';
import { AppError, nodeDisk, silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { BoxHome } from '../../platform/box-home.js';
import type { EngineLink } from '../../platform/engine-link.js';
import type { AgentContext } from '../../platform/feature.js';
import { LoopbackController } from '../../testing/loopback-controller.js';
import { busyShare, parseCpuTimes, parseMemory } from './box-metrics.js';
import { startHealth } from './start-health.js';

const REPORTED: ReportedState = {
  version: 1,
  revision: 1,
  order: null,
  facets: [],
  workersWanted: 0,
  workers: [],
  hasTrustedTime: true,
  ha: null,
};
const deadEngine = {
  status: () => Promise.reject(new AppError('unavailable', 'test.dead', 'dead')),
  metrics: () => Promise.reject(new AppError('unavailable', 'test.dead', 'dead')),
} as unknown as EngineLink;

let root: string;
let controller: LoopbackController;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'phalanx-health-'));
  controller = new LoopbackController();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function start(intervalMs: number) {
  const context = { home: new BoxHome(root), disk: nodeDisk, link: controller, engine: deadEngine, logger: silentLogger };
  return startHealth(context as unknown as AgentContext, {
    agentVersion: '1.2.3',
    certificateNotAfter: () => '2030-01-01T00:00:00.000Z',
    reportedState: () => Promise.resolve(REPORTED),
    capabilities: () => Promise.resolve([]),
    spool: () => ({ bytes: 5, records: 1 }),
    intervalMs,
  });
}
const sent = (channel: string) =>
  controller.published.filter((message) => message.channel === channel).map(({ payload }) => JSON.parse(payload) as unknown);

describe('heartbeats', () => {
  it('begin each connection, bear its id and fit the contract, also while the engine is dead', async () => {
    const health = start(60_000);
    controller.connect();
    await waitUntil('a heartbeat', () => sent('heartbeat').length === 1);
    controller.disconnect();
    controller.connect();
    await waitUntil('another', () => sent('heartbeat').length === 2);
    const beats = sent('heartbeat').map((beat) => heartbeatSchema.parse(beat));
    expect(beats.map((beat) => beat.connectionId)).toEqual(['connection-1', 'connection-2']);
    expect(beats.map((beat) => beat.engine)).toEqual([null, null]);
    expect(beats[0]!.box.memoryTotalBytes).toBeGreaterThan(beats[0]!.box.memoryUsedBytes);
    expect(sent('presence').map((word) => presenceSchema.parse(word).state)).toEqual(['online', 'online']);
    await health.stop();
    expect(presenceSchema.parse(sent('presence').at(-1))).toMatchObject({ connectionId: 'connection-2', state: 'offline' });
  });

  it('go on every interval and stop with the feature', async () => {
    const health = start(20);
    controller.connect();
    await waitUntil('some heartbeats', () => sent('heartbeat').length >= 4);
    const sequences = sent('heartbeat').map((beat) => heartbeatSchema.parse(beat).sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
    await health.stop();
    const count = sent('heartbeat').length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(sent('heartbeat').length).toBeLessThanOrEqual(count + 1);
  });
});

describe('figures of the box', () => {
  it('are read from /proc as the kernel writes them', () => {
    const before = parseCpuTimes('cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4\n');
    const after = parseCpuTimes('cpu  150 0 75 850 75 0 0 50 0 0\ncpu0 1 2 3 4\n');
    expect(before).toEqual({ busy: 150, all: 1000 });
    expect(busyShare(before, after)).toBeCloseTo(125 / 200);
    expect(busyShare(after, after)).toBe(0);
    expect(parseMemory('MemTotal:       1000 kB\nMemFree: 10 kB\nMemAvailable:    400 kB\n')).toEqual({
      usedBytes: 614_400,
      totalBytes: 1_024_000,
    });
  });
});
