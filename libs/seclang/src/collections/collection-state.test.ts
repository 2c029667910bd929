import { describe, expect, it } from '@jest/globals';
import { MAX_MEMBERS } from './collection-bounds.js';
import { collectionId, CollectionState, type Change } from './collection-state.js';

const IP = collectionId('IP', '192.0.2.1');

function change(operation: Change['operation'], more: Partial<Change> = {}): Change {
  return { operation, id: IP, name: 'count', value: '', amount: 0, timeoutMs: 3_600_000, now: 0, ...more };
}

describe('CollectionState', () => {
  it('adds, sets and deletes by names in any case', () => {
    const state = new CollectionState();
    state.apply(change('add', { amount: 2 }));
    state.apply(change('add', { amount: -5, name: 'COUNT' }));
    expect(state.value(IP, 'Count', 1)).toBe('-3');
    state.apply(change('set', { value: 'x' }));
    expect(state.members(IP, 1)).toMatchObject([{ name: 'count', value: 'x' }]);
    state.apply(change('delete', { name: 'CouNt' }));
    expect(state.members(IP, 1)).toEqual([]);
  });

  it('lets a member expire, and begins anew after that', () => {
    const state = new CollectionState();
    state.apply(change('add', { amount: 7 }));
    state.apply(change('expire', { amount: 1_000, now: 100 }));
    state.apply(change('add', { amount: 1, now: 900 }));
    expect(state.value(IP, 'count', 1_099)).toBe('8');
    expect(state.value(IP, 'count', 1_100)).toBeUndefined();
    state.apply(change('add', { amount: 1, now: 1_200 }));
    expect(state.value(IP, 'count', 100_000)).toBe('1');
  });

  it('forgets a collection that was not changed for its timeout', () => {
    const state = new CollectionState();
    state.apply(change('add', { amount: 1, timeoutMs: 500 }));
    state.apply(change('add', { amount: 1, timeoutMs: 500, now: 400 }));
    expect(state.value(IP, 'count', 899)).toBe('2');
    expect(state.value(IP, 'count', 900)).toBeUndefined();
    state.apply(change('add', { amount: 1, id: collectionId('IP', 'other'), now: 1_000 }));
    expect(state.size).toBe(1);
  });

  it('keeps at most so many collections, and those changed last', () => {
    const state = new CollectionState(3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) state.apply(change('add', { amount: 1, id: key }));
    expect([...state.all()].map(({ id }) => id)).toEqual(['c', 'a', 'd']);
  });

  it('keeps at most so many bytes', () => {
    const state = new CollectionState(1_000, 100_000);
    for (let key = 0; key < 500; key++) state.apply(change('set', { value: 'x'.repeat(4_000), id: String(key) }));
    expect(state.size).toBeGreaterThan(10);
    expect(state.size).toBeLessThan(26);
    // What is deleted makes room again, exactly.
    for (const { id } of [...state.all()]) state.apply(change('delete', { id }));
    for (let key = 0; key < 500; key++) state.apply(change('set', { value: 'x'.repeat(4_000), id: `b${key}` }));
    expect(state.size).toBeGreaterThan(10);
  });

  it('keeps at most so many members, and takes new ones when old ones have expired', () => {
    const state = new CollectionState();
    for (let n = 0; n < MAX_MEMBERS + 10; n++) state.apply(change('set', { name: `n${n}`, value: 'v' }));
    expect(state.members(IP, 0)).toHaveLength(MAX_MEMBERS);
    state.apply(change('expire', { name: 'n0', amount: 10 }));
    state.apply(change('set', { name: 'late', value: 'v', now: 20 }));
    expect(state.value(IP, 'late', 20)).toBe('v');
  });
});
