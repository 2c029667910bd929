import { describe, expect, it } from '@jest/globals';
import { AppError, silentLogger } from '@phalanx/kit';
import { loopbackPolicy } from '@phalanx/testing';
import { GenerationSwitch, type ExpectedGeneration } from './generation-switch.js';
import type { WorkerHandle } from './worker-handle.js';
import type { WorkerPool } from './worker-pool.js';

type Failure = { at: 'prepare' | 'commit'; number: number; how: 'refuse' | 'silent' };

/** A worker that answers as the messages say, and fails where it is told to. */
class ScriptedWorker {
  generation: number | null = null;
  isReady = true;
  isComingUp = false;
  problem = '';
  running: number | null = null;
  wasKilled = false;
  #prepared: number | null = null;
  #before: number | null = null;

  constructor(
    readonly index: number,
    readonly pid = index + 100,
    public failure: Failure | null = null,
  ) {}

  tell(message: { type: string; number: number }): void {
    if (message.type === 'abort' && this.#prepared === message.number) this.#prepared = null;
  }

  kill(): void {
    this.wasKilled = true;
  }

  async ask(message: { type: 'prepare' | 'commit' | 'revert'; number?: number; generation?: { number: number } }): Promise<unknown> {
    const number = message.number ?? message.generation?.number ?? 0;
    if (this.failure?.at === message.type && this.failure.number === number) {
      const code = this.failure.how === 'silent' ? 'engine.worker-silent' : 'proxy.listen';
      throw new AppError('unavailable', code, `worker ${this.index} ${this.failure.how}`);
    }
    if (message.type === 'prepare') {
      this.#prepared = number;
      return { type: 'prepared', ...digests(number) };
    }
    if (message.type === 'revert') this.running = this.#before;
    else {
      expect(this.#prepared).toBe(number);
      this.#before = this.running;
      this.running = number;
    }
    return { type: 'committed' };
  }
}

function digests(number: number): ExpectedGeneration['expected'] {
  return { policyDigest: `policy ${number}`, rulesetDigest: null };
}

function generation(number: number): ExpectedGeneration {
  return { generation: { number, policy: loopbackPolicy([]), rulesets: [], secretsFolder: '' }, expected: digests(number) };
}

function switchOver(workers: ScriptedWorker[]): GenerationSwitch {
  const pool = { size: workers.length, ready: () => workers as unknown as WorkerHandle[] };
  return new GenerationSwitch(pool as unknown as WorkerPool, silentLogger);
}

describe('GenerationSwitch', () => {
  it('moves all workers', async () => {
    const workers = [new ScriptedWorker(0), new ScriptedWorker(1)];
    const switching = switchOver(workers);
    await switching.switchTo(generation(1));
    expect(workers.map(({ running }) => running)).toEqual([1, 1]);
    expect(switching.committed?.generation.number).toBe(1);
  });

  it.each(['refuse', 'silent'] as const)('moves none when one does not prepare (%s)', async (how) => {
    const workers = [new ScriptedWorker(0), new ScriptedWorker(1)];
    const switching = switchOver(workers);
    await switching.switchTo(generation(1));
    workers[1]!.failure = { at: 'prepare', number: 2, how };
    await expect(switching.switchTo(generation(2))).rejects.toThrow(`worker 1 ${how}`);
    expect(workers.map(({ running }) => running)).toEqual([1, 1]);
    expect(switching.committed?.generation.number).toBe(1);
  });

  it('takes back those that have committed when one refuses to', async () => {
    const workers = [new ScriptedWorker(0), new ScriptedWorker(1), new ScriptedWorker(2)];
    const switching = switchOver(workers);
    await switching.switchTo(generation(1));
    workers[2]!.failure = { at: 'commit', number: 2, how: 'refuse' };
    await expect(switching.switchTo(generation(2))).rejects.toThrow('worker 2 refuse');
    expect(workers.map(({ running, generation: number }) => [running, number])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    workers[2]!.failure = null;
    await switching.switchTo(generation(3));
    expect(workers.map(({ running }) => running)).toEqual([3, 3, 3]);
  });

  it('goes forward without one that falls silent after all had prepared, and ends it', async () => {
    const workers = [new ScriptedWorker(0), new ScriptedWorker(1)];
    const switching = switchOver(workers);
    workers[0]!.failure = { at: 'commit', number: 1, how: 'silent' };
    await switching.switchTo(generation(1));
    expect(workers[0]!.wasKilled).toBe(true);
    expect(workers[1]!.running).toBe(1);
    expect(switching.committed?.generation.number).toBe(1);
  });
});
