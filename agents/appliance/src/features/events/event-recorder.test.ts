import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applianceEventSchema, segmentHeaderSchema } from '@phalanx/contracts';
import { silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { EventRecorder } from './event-recorder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-recorder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event = (n: number) => ({ kind: 'system', code: 'test.happened', severity: 'INFO', message: 'it happened', details: { n } }) as const;
const linesOf = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('the agent’s own events', () => {
  it('are written as a segment that the contract allows', () => {
    const recorder = new EventRecorder(folder, silentLogger);
    recorder.record(event(1));
    recorder.record({ ...event(2), details: { much: 'x'.repeat(100_000) } });
    recorder.close();
    const [name] = readdirSync(folder);
    expect(name).toMatch(/\.closed$/);
    const [header, ...events] = linesOf(name!);
    expect(segmentHeaderSchema.parse(header).stream).toBe(name!.slice(0, 36));
    expect(events.map((value) => applianceEventSchema.safeParse(value).success)).toEqual([true, true]);
  });

  it('are counted when there is no room, and the count is written once there is', async () => {
    const recorder = new EventRecorder(folder, silentLogger, 300_000);
    const recorded = 3_000;
    for (let n = 0; n < recorded; n++) recorder.record({ ...event(n), message: 'm'.repeat(200) });
    const written = readdirSync(folder).flatMap((name) => linesOf(name).slice(1)).length;
    expect(written).toBeLessThan(recorded);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    await waitUntil('the loss to be written', () => {
      recorder.record(event(0));
      return readdirSync(folder).some((name) => name.endsWith('.open'));
    });
    recorder.close();
    const losses = readdirSync(folder)
      .flatMap((name) => linesOf(name).slice(1))
      .map((value) => applianceEventSchema.parse(value))
      .filter((value) => value.kind === 'loss');
    expect(losses).toHaveLength(1);
    expect(losses[0]!.lost).toBeGreaterThanOrEqual(recorded - written);
  });

  it('never throw, even without a folder', () => {
    const recorder = new EventRecorder(join(folder, 'missing'), silentLogger);
    expect(() => recorder.record(event(1))).not.toThrow();
    expect(() => recorder.close()).not.toThrow();
  });
});
