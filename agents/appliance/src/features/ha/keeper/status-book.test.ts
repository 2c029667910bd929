import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { haEventSchema, haStatusSchema } from '@phalanx/contracts';
import { nodeDisk, silentLogger } from '@phalanx/kit';
import type { RecordedEvent } from '../../../platform/feature.js';
import { readBootId } from '../../../platform/box-identity.js';
import { sampleHa } from '../../../testing/sample-ha.js';
import { StatusBook } from './status-book.js';

let folder: string;
let path: string;
let events: RecordedEvent[];
const open = () => new StatusBook(path, nodeDisk, (event, at) => events.push({ ...event, ...at } as RecordedEvent), silentLogger);
const stored = () => haStatusSchema.parse(JSON.parse(nodeDisk.read(path)!.toString('utf8')));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-ha-'));
  path = join(folder, 'state.json');
  events = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('StatusBook', () => {
  it('writes each transition as an event and the state beside it', () => {
    const book = open();
    book.begin(sampleHa({ order: 'yield', commandId: sampleHa().clusterId }));
    const at = { time: '2026-11-22T05:00:00.000Z', monotonicMs: 12.5 };
    book.move({ to: 'master', cause: 'peer-silent', held: ['10.9.0.100/24'], priority: 150, message: 'master', at });
    const event = haEventSchema.parse({ ...events[0], bootId: readBootId() });
    expect(event).toMatchObject({
      from: 'stopped',
      to: 'master',
      cause: 'peer-silent',
      order: 'yield',
      commandId: sampleHa().clusterId,
      ...at,
    });
    expect(stored()).toMatchObject({ state: 'master', since: at.time, monotonicMs: 12.5, held: ['10.9.0.100/24'], order: 'yield' });
  });

  it('goes on with what it knew after a restart of the keeper', () => {
    const first = open();
    first.begin(sampleHa());
    first.move({ to: 'backup', cause: 'start', held: [], priority: 150, message: 'backup' });
    const before = stored();
    const second = open();
    second.begin(sampleHa({ order: 'maintenance' }));
    expect([second.state, second.cause]).toEqual(['backup', 'start']);
    expect(stored()).toEqual({ ...before, order: 'maintenance' });
    expect(events).toHaveLength(1);
  });

  it('knows nothing of another boot or another pair', () => {
    const first = open();
    first.begin(sampleHa());
    first.move({ to: 'master', cause: 'start', held: [], priority: 150, message: 'master' });
    nodeDisk.replace(path, JSON.stringify({ ...stored(), bootId: 'another' }));
    expect(open().state).toBe('stopped');
    const other = open();
    other.begin(sampleHa({ clusterId: sampleHa().tenantId }));
    expect(other.state).toBe('stopped');
  });
});
