import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventView, Page } from '@phalanx/contracts';
import { flood, type FloodResult, provisionBox, type ProvisionedBox, publishCrs, waitUntil } from '@phalanx/testing';
import { storedSums, type StoredSums } from './database.js';
import { type E2eFixture, startFixture } from './fixture.js';

const FLOOD_MS = 30_000;
const UNSHIPPED_MS = 4_000;
const FULL_DISK_MS = 5_000;
/** Small enough that a flood reaches it: what does not fit must be counted. */
const SPOOL_LIMIT_BYTES = 1024 * 1024;
/** The whole box, agent and engine, lives on a disk of this size. */
const DISK_BYTES = 64 * 1024 * 1024;
const REQUEST = [
  "GET /product?id=1'%20or%201=1-- HTTP/1.1",
  'host: shop.example',
  'user-agent: Mozilla/5.0 (X11; Linux x86_64)',
  'accept: text/html,*/*;q=0.8',
  '\r\n',
].join('\r\n');

/** Mounts a small disk on a folder; null where that is not allowed. */
function mountDisk(folder: string): (() => void) | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=0700`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return () => execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

describe('more refusals than a box can keep', () => {
  let fixture: E2eFixture;
  let target: ProvisionedBox;
  let small: ProvisionedBox;
  let unmount: (() => void) | null = null;
  /** Refusals of `target` so far. */
  let flooded = 0;

  const spoolOf = (name: string) => join(fixture.stack.boxHome(name), 'engine/spool');
  const attack = (box: ProvisionedBox, durationMs: number) =>
    flood(
      {
        host: '127.0.0.1',
        port: box.application.listenPort,
        request: REQUEST,
        connections: 6,
        pipelined: 4,
        sources: ['127.0.0.21', '127.0.0.22', '127.0.0.23'],
      },
      durationMs,
    );

  /** Waits until what is stored adds up to the refusals, and then that nothing more comes. */
  async function expectExact(box: ProvisionedBox, refused: number, what: string): Promise<StoredSums> {
    const sums = () => storedSums(fixture.stack.databaseUrl, box.appliance.id);
    await waitUntil(
      'the sums to add up',
      async () => {
        const { counted, lost } = await sums();
        if (counted + lost < refused) throw new Error(`${counted} counted and ${lost} lost of ${refused}`);
        return true;
      },
      { timeoutMs: 90_000, intervalMs: 250 },
    );
    await waitUntil('the spool to be shipped', () => bytesIn(spoolOf(box.appliance.name)) < 64 * 1024, {
      timeoutMs: 60_000,
      intervalMs: 250,
    });
    const final = await sums();
    console.log(`${what}: refused=${refused} counted=${final.counted} lost=${final.lost} events=${final.requestIds.length}`);
    expect(final.counted + final.lost).toBe(refused);
    expect(new Set(final.requestIds).size).toBe(final.requestIds.length);
    return final;
  }

  const allRefused = ({ answers, sent, broken }: FloodResult) => expect({ answers, broken }).toEqual({ answers: { 403: sent }, broken: 0 });

  beforeAll(async () => {
    fixture = await startFixture({
      environment: { PHALANX_SPOOL_LIMIT_BYTES: String(SPOOL_LIMIT_BYTES), PHALANX_FOLD_ABOVE_PER_SECOND: '200' },
    });
    await publishCrs(fixture.api);
    unmount = mountDisk(fixture.stack.boxHome('small-disk'));
    const options = { upstreamPort: fixture.shopPort };
    [target, small] = await Promise.all([
      provisionBox(fixture.stack, fixture.api, { ...options, name: 'flooded', workers: 2 }),
      provisionBox(fixture.stack, fixture.api, { ...options, name: 'small-disk', workers: 1 }),
    ]);
  }, 240_000);

  afterAll(async () => {
    await Promise.all(fixture?.stack.boxes.map((box) => box.stop()) ?? []);
    unmount?.();
    await fixture?.stop();
  }, 60_000);

  /** Attacks, and answers what came back with the most that lay in the spool meanwhile. */
  async function attackAndWatch(box: ProvisionedBox, durationMs: number): Promise<{ result: FloodResult; mostBytes: number }> {
    let mostBytes = 0;
    const watch = setInterval(() => (mostBytes = Math.max(mostBytes, bytesIn(spoolOf(box.appliance.name)))), 50);
    try {
      const result = await attack(box, durationMs);
      return { result, mostBytes: Math.max(mostBytes, bytesIn(spoolOf(box.appliance.name))) };
    } finally {
      clearInterval(watch);
    }
  }

  it('gives 403 each time at the highest rate, and every refusal is counted once within a bounded spool', async () => {
    const { result, mostBytes } = await attackAndWatch(target, FLOOD_MS);
    console.log(`flood: ${Math.round((result.sent / FLOOD_MS) * 1000)} refusals/s, the spool held at most ${mostBytes} bytes`);
    allRefused(result);
    expect(result.sent).toBeGreaterThan(500);
    expect(mostBytes).toBeLessThanOrEqual(SPOOL_LIMIT_BYTES);
    flooded += result.sent;
    await expectExact(target, flooded, 'flood');
  }, 200_000);

  it('counts what does not fit into the spool while nobody ships it', async () => {
    process.kill(target.box.agent.pid, 'SIGSTOP');
    try {
      // A slow machine needs longer until the spool has what it may hold.
      for (let isFull = false, round = 0; !isFull && round < 6; round++) {
        const before = bytesIn(spoolOf('flooded'));
        const { result, mostBytes } = await attackAndWatch(target, UNSHIPPED_MS);
        isFull = bytesIn(spoolOf('flooded')) - before < 16 * 1024;
        allRefused(result);
        expect(mostBytes).toBeLessThanOrEqual(SPOOL_LIMIT_BYTES);
        flooded += result.sent;
      }
    } finally {
      process.kill(target.box.agent.pid, 'SIGCONT');
    }
    const { lost } = await expectExact(target, flooded, 'nobody ships');
    expect(lost).toBeGreaterThan(0);
  }, 200_000);

  it('gives 403 each time on a full disk too, and tells of the losses when there is room again', async () => {
    if (!unmount) {
      console.log('skipped: a full disk needs root and the right to mount a tmpfs');
      return;
    }
    const home = fixture.stack.boxHome('small-disk');
    const ballast = join(home, 'ballast');
    const before = await attack(small, 1_000);
    allRefused(before);
    // Takes what is left and more; the write that does not fit ends it.
    expect(() => writeFileSync(ballast, Buffer.alloc(DISK_BYTES))).toThrow(/ENOSPC/);
    expect(statfsSync(home).bavail).toBe(0);
    const full = await attack(small, FULL_DISK_MS);
    allRefused(full);
    rmSync(ballast);
    const { lost } = await expectExact(small, before.sent + full.sent, 'full disk');
    expect(lost).toBeGreaterThan(0);
    const { items } = await fixture.api.get<Page<EventView>>(`/api/v1/events?kind=loss&applianceId=${small.appliance.id}`);
    expect(items.length).toBeGreaterThan(0);
    expect(items.every((event) => event.kind === 'loss' && event.reason !== '' && event.from <= event.to)).toBe(true);
  }, 200_000);
});
