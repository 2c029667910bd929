import { describe, expect, it } from '@jest/globals';
import { IngestGate } from './ingest-gate.js';

/** Work that ends when it is told to. */
function task() {
  let finish!: () => void;
  const ended = new Promise<void>((resolve) => (finish = resolve));
  let hasStarted = false;
  const run = () => {
    hasStarted = true;
    return ended;
  };
  return { run, finish, hasStarted: () => hasStarted };
}

describe('the gate before the database', () => {
  it('lets as many in as it should, the others in order, and says when it is full', async () => {
    const gate = new IngestGate(2, 2);
    const tasks = Array.from({ length: 4 }, task);
    const runs = tasks.map(({ run }) => gate.run(run));
    expect(tasks.map((one) => one.hasStarted())).toEqual([true, true, false, false]);
    expect(gate.isFull).toBe(true);
    tasks[1]!.finish();
    await runs[1];
    expect(tasks.map((one) => one.hasStarted())).toEqual([true, true, true, false]);
    expect(gate.isFull).toBe(false);
    for (const one of tasks) one.finish();
    await Promise.all([...runs, gate.idle()]);
    expect(tasks.every((one) => one.hasStarted())).toBe(true);
  });

  it('is left by work that fails', async () => {
    const gate = new IngestGate(1, 1);
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run(() => Promise.resolve(7))).resolves.toBe(7);
  });

  it('asks for no pause while the work is quick', async () => {
    const gate = new IngestGate(1, 10);
    for (let n = 0; n < 5; n++) await gate.run(() => Promise.resolve());
    expect(gate.pauseMs()).toBeUndefined();
  });
});
