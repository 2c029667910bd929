import { describe, expect, it } from '@jest/globals';
import { MetricsLedger } from './metrics-ledger.js';
import { WorkerMetrics } from './worker-metrics.js';

const gauges = { connections: 3, eventsWritten: 2, eventsLost: 1 };

function worker(requests: number, durationMs: number): WorkerMetrics {
  const metrics = new WorkerMetrics();
  for (let i = 0; i < requests; i++) metrics.exchangeEnded(i % 2 === 0 ? 200 : 403, durationMs);
  return metrics;
}

describe('MetricsLedger', () => {
  it('adds workers up and gives each reader what came since its last call', () => {
    const ledger = new MetricsLedger();
    const [a, b] = [worker(10, 1), worker(30, 8)];
    ledger.report('worker-0', a.snapshot(gauges));
    ledger.report('worker-1', b.snapshot(gauges));
    const first = ledger.read('agent');
    expect(first).toMatchObject({
      requests: 40,
      statusClasses: { success: 20, clientError: 20 },
      connections: 6,
      eventsWritten: 4,
      eventsLost: 2,
    });
    expect(first.latencyMs?.p50).toBeCloseTo(8, 0);
    a.exchangeEnded(200, 100);
    ledger.report('worker-0', a.snapshot(gauges));
    const second = ledger.read('agent');
    expect(second).toMatchObject({ requests: 1, eventsWritten: 0 });
    expect(second.latencyMs?.p50).toBeGreaterThan(90);
    expect(ledger.read('agent').latencyMs).toBeNull();
    expect(ledger.read('other').requests).toBe(41);
  });

  it('keeps what a dead worker counted, and counts its successor from nothing', () => {
    const ledger = new MetricsLedger();
    ledger.report('worker-0', worker(10, 1).snapshot(gauges));
    ledger.ended('worker-0');
    ledger.report('worker-0', worker(5, 1).snapshot(gauges));
    expect(ledger.read('agent')).toMatchObject({ requests: 15, connections: 3 });
  });

  it('gives percentiles within a tenth of the truth', () => {
    const metrics = new WorkerMetrics();
    for (let i = 1; i <= 1_000; i++) metrics.exchangeEnded(200, i / 10);
    const ledger = new MetricsLedger();
    ledger.report('worker-0', metrics.snapshot(gauges));
    const latency = ledger.read('agent').latencyMs;
    for (const [found, truth] of [
      [latency?.p50, 50],
      [latency?.p90, 90],
      [latency?.p99, 99],
      [latency?.max, 100],
    ] as const) {
      expect(Math.abs((found ?? 0) - truth) / truth).toBeLessThan(0.1);
    }
  });
});
