import { describe, expect, it } from '@jest/globals';
import { StateMemory, type StateHolder } from './state-memory.js';

class Holder implements StateHolder {
  size = 10;

  clear(): void {
    this.size = 10;
  }
}

describe('the memory of all automata together', () => {
  it('is bounded: past the limit everybody but the one in hand forgets', () => {
    const memory = new StateMemory(1000);
    const holders = Array.from({ length: 20 }, () => new Holder());
    for (const holder of holders) memory.register(holder);
    for (const holder of holders) {
      for (let i = 0; i < 10; i++) {
        memory.grew(holder, 10);
        holder.size += 10;
      }
    }
    const total = holders.reduce((sum, { size }) => sum + size, 0);
    expect(total).toBeLessThanOrEqual(1000 + 20 * 10);
    expect(holders.at(-1)!.size).toBe(110);
    expect(holders[0]!.size).toBe(10);
  });

  it('is not full because of what holders gave back by themselves', () => {
    const memory = new StateMemory(1000);
    const [steady, restless] = [new Holder(), new Holder()];
    memory.register(steady);
    memory.register(restless);
    steady.size = 500;
    memory.grew(steady, 490);
    for (let i = 0; i < 20; i++) {
      restless.clear();
      restless.size += 90;
      memory.grew(restless, 90);
    }
    expect(steady.size).toBe(500);
  });
});
