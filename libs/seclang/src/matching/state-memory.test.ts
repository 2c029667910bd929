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
});
