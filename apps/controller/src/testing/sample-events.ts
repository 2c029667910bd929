import { randomUUID } from 'node:crypto';
import { type AttackEvent, type EventBatch, type LossEvent, writeEventBatch } from '@phalanx/contracts';

export const SAMPLE_BOOT = 'f0a1c3de-0000-4000-8000-000000000001';

/** A refused SQL injection, as an engine writes it. */
export function sampleAttack(changes: Partial<AttackEvent> = {}): AttackEvent {
  return {
    kind: 'attack',
    time: new Date().toISOString(),
    bootId: SAMPLE_BOOT,
    monotonicMs: 1_000,
    requestId: randomUUID().replaceAll('-', ''),
    applicationId: '0190aaaa-0000-7000-8000-000000000001',
    source: '203.0.113.7',
    peer: '203.0.113.7',
    method: 'GET',
    host: 'shop.example',
    path: '/products',
    query: "id=1'%20or%201=1--",
    protocol: 'HTTP/1.1',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    rules: [
      {
        id: 942100,
        message: 'SQL Injection Attack Detected via libinjection',
        severity: 'CRITICAL',
        tags: ['attack-sqli', 'paranoia-level/1'],
        variable: 'ARGS:id',
        matched: "1' or 1=1--",
      },
    ],
    action: 'blocked',
    status: 403,
    score: { inbound: 5, outbound: 0 },
    level: 'prevention',
    stage: 'signatures',
    count: 1,
    ...changes,
  };
}

export function sampleLoss(lost: number): LossEvent {
  const time = new Date().toISOString();
  return { kind: 'loss', time, bootId: SAMPLE_BOOT, monotonicMs: 1_000, from: time, to: time, lost, reason: 'ENOSPC' };
}

/** The message of these events, from position `first` on. */
export function sampleBatch(stream: string, first: number, events: readonly unknown[], changes: Partial<EventBatch> = {}): string {
  const frame: EventBatch = { version: 1, stream, first, next: first + events.length, repeats: [], finished: [], ...changes };
  const lines = events.map((event, index) => ({ position: first + index, text: JSON.stringify(event) }));
  return writeEventBatch(frame, lines);
}
