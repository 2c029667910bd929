import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '@phalanx/testing';
import { MessageLanes } from './message-lanes.js';

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('message lanes', () => {
  it('keep the order of each lane while lanes run side by side, within the limit', async () => {
    const lanes = new MessageLanes(4);
    const seen = new Map<string, number[]>();
    let running = 0;
    let most = 0;
    for (let i = 0; i < 400; i++) {
      const lane = `box-${i % 10}`;
      lanes.submit(lane, async () => {
        most = Math.max(most, ++running);
        for (let turns = i % 3; turns > 0; turns--) await pause();
        seen.set(lane, [...(seen.get(lane) ?? []), i]);
        running--;
      });
    }
    expect(lanes.size).toBe(400);
    await waitUntil('all work to be done', () => lanes.size === 0);
    expect(most).toBe(4);
    expect(seen.size).toBe(10);
    for (const order of seen.values()) expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('do not let one busy lane hold up the others', async () => {
    const lanes = new MessageLanes(1);
    const order: string[] = [];
    for (let i = 0; i < 50; i++) lanes.submit('busy', async () => void order.push('busy'));
    lanes.submit('quiet', async () => void order.push('quiet'));
    await waitUntil('all work to be done', () => lanes.size === 0);
    expect(order.indexOf('quiet')).toBeLessThan(3);
  });
});
