import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '@phalanx/kit';
import { JournalKeeper } from '@phalanx/seclang';
import type { CountingWord } from '../testing/counting-process.js';
import { ensureBuilt, eventually } from '../testing/engine-process.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(120_000);

const SEGMENT_BYTES = 256 * 1024;
const TIMES = 4_000;
let folder = '';
const counters: Counter[] = [];

/** A process that counts, and what it said last. */
class Counter {
  made = 0;
  sums: string | null = null;
  unsharedChanges = 0;
  readonly child: ChildProcess;

  constructor() {
    const program = join(import.meta.dirname, '../../dist/testing/counting-process.js');
    this.child = fork(program, [folder, String(SEGMENT_BYTES), String(TIMES)]);
    this.child.on('message', (message) => {
      const word = message as CountingWord;
      if ('made' in word) this.made = word.made;
      else {
        this.sums = word.sums.join(' ');
        this.unsharedChanges = word.unsharedChanges;
      }
    });
    counters.push(this);
  }

  get isDead(): boolean {
    return this.child.signalCode !== null;
  }
}

beforeAll(() => ensureBuilt(), 180_000);
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'phalanx-shared-')), 'collections');
});
afterEach(() => {
  for (const { child } of counters.splice(0)) child.kill('SIGKILL');
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

describe('a journal that several processes write to', () => {
  it('loses and doubles no sum while segments end, bases are written and processes are killed in the midst of a write', async () => {
    const keeper = new JournalKeeper({ folder, bootId: 'test', logger: silentLogger, segmentBytes: SEGMENT_BYTES });
    keeper.start();
    try {
      for (let n = 0; n < 4; n++) new Counter();
      for (let kill = 0; kill < 3; kill++) {
        const victim = counters[kill];
        await eventually(() => (victim?.made ?? 0) > 500 * (kill + 1));
        victim?.child.kill('SIGKILL');
        await eventually(() => victim?.isDead === true);
        new Counter();
      }
      const alive = counters.filter((counter) => !counter.isDead);
      await eventually(() => alive.every(({ made }) => made === TIMES), 90_000);
      for (const { child } of alive) child.send('sums');
      await eventually(() => alive.every(({ sums }) => sums !== null));
      expect(new Set(alive.map(({ sums }) => sums)).size).toBe(1);
      expect(alive.map(({ unsharedChanges }) => unsharedChanges)).toEqual([0, 0, 0, 0]);
      const total = (alive[0]?.sums ?? '').split(' ').reduce((sum, text) => sum + Number(text), 0);
      const said = counters.reduce((sum, { made }) => sum + made, 0);
      expect(total).toBeGreaterThanOrEqual(said);
      // What a killed process had done since it last said so, and what of that was still on its way.
      expect(total).toBeLessThanOrEqual(said + 3 * TIMES);
      expect(readdirSync(folder).some((name) => name.endsWith('.base') && Number.parseInt(name, 10) > 2)).toBe(true);
    } finally {
      keeper.close();
    }
  });
});
