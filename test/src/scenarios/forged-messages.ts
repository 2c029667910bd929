import { randomUUID } from 'node:crypto';
import { type AttackEvent, type Heartbeat, type Presence, writeEventBatch } from '@phalanx/contracts';

/** Marks everything that is forged: where it shows, a forgery was taken. */
export const FORGED = 'forged-by-a-stranger';

/** A batch with one attack event that a controller would take from the box whose topic it comes by. */
export function forgedBatch(requestId: string): string {
  const event: AttackEvent = {
    kind: 'attack',
    time: new Date().toISOString(),
    bootId: FORGED,
    monotonicMs: 1,
    requestId,
    applicationId: null,
    source: '192.0.2.1',
    peer: '192.0.2.1',
    method: 'GET',
    host: 'shop.example',
    path: '/',
    query: '',
    protocol: 'HTTP/1.1',
    userAgent: FORGED,
    rules: [],
    action: 'blocked',
    status: 403,
    score: { inbound: 5, outbound: 0 },
    level: 'prevention',
    stage: 'signatures',
    count: 1,
  };
  const frame = { version: 1 as const, stream: randomUUID(), first: 0, next: 1, repeats: [], finished: [] };
  return writeEventBatch(frame, [{ position: 0, text: JSON.stringify(event) }]);
}

/** A heartbeat that says that the box runs a forged agent. */
export function forgedHeartbeat(): string {
  const heartbeat: Heartbeat = {
    version: 1,
    connectionId: randomUUID(),
    sequence: 0,
    time: new Date().toISOString(),
    bootId: FORGED,
    monotonicMs: 1,
    agentVersion: FORGED,
    engineVersion: null,
    certificateNotAfter: new Date().toISOString(),
    box: {
      cpu: 0,
      load1: 0,
      memoryUsedBytes: 0,
      memoryTotalBytes: 0,
      diskUsedBytes: 0,
      diskTotalBytes: 0,
      uptimeSeconds: 0,
      spoolBytes: 0,
      spoolRecords: 0,
    },
    engine: null,
    network: null,
    guard: null,
    capabilities: [],
    reported: {
      version: 1,
      revision: 1_000_000_000,
      order: null,
      facets: [],
      workersWanted: 0,
      workers: [],
      hasTrustedTime: true,
      ha: null,
    },
  };
  return JSON.stringify(heartbeat);
}

export function forgedFarewell(): string {
  return JSON.stringify({ connectionId: randomUUID(), state: 'offline', reason: FORGED } satisfies Presence);
}
