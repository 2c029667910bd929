import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { loopBatch } from './loop-batch.js';

describe('what one turn of the loop has brought', () => {
  it('is done in order: all work, then all writing, then one slice of what takes long', async () => {
    const done: string[] = [];
    const item = (name: string): { onTurnEnd: () => void } => ({ onTurnEnd: () => void done.push(name) });
    const slices = ['slice 1', 'slice 2'].map(async (name) => {
      await loopBatch.nextSlice();
      done.push(name);
    });
    loopBatch.addWrite(item('write 1'));
    loopBatch.addWork({
      onTurnEnd: () => {
        done.push('work 1');
        loopBatch.addWork(item('work of work'));
        loopBatch.addWrite(item('write of work'));
      },
    });
    loopBatch.addWork(item('work 2'));
    expect(done).toEqual([]);
    await turn();
    expect(done).toEqual(['work 1', 'work 2', 'work of work', 'write 1', 'write of work', 'slice 1']);
    loopBatch.addWork(item('work 3'));
    await Promise.all(slices);
    expect(done.slice(6)).toEqual(['work 3', 'slice 2']);
  });

  it('does not keep what is written waiting for a long row of work', async () => {
    const done: string[] = [];
    loopBatch.addWrite({ onTurnEnd: () => void done.push('write') });
    for (let count = 0; count < 100; count++) loopBatch.addWork({ onTurnEnd: () => void done.push('work') });
    await turn();
    expect(done).toHaveLength(101);
    expect(done.indexOf('write')).toBeLessThan(40);
  });
});
