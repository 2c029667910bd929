import { describe, expect, it } from '@jest/globals';
import type { ApplianceView, SyncState } from '@phalanx/contracts';
import { parseFleetSearch } from './fleet-search.js';
import { summariseFleet } from './fleet-summary.js';

const box = (name: string, syncState: SyncState) => ({ id: name, name, syncState }) as ApplianceView;

describe('summariseFleet', () => {
  it('counts states and puts what needs a look first, worst first', () => {
    const summary = summariseFleet([
      box('a', 'in-sync'),
      box('b', 'offline'),
      box('c', 'pending'),
      box('d', 'failed'),
      box('e', 'never-enrolled'),
    ]);
    expect(summary.total).toBe(5);
    expect(summary.counts).toMatchObject({ 'in-sync': 1, offline: 1, pending: 1, failed: 1, drifted: 0 });
    expect(summary.attention.map(({ name }) => name)).toEqual(['d', 'b']);
  });
});

describe('parseFleetSearch', () => {
  it('keeps what is a filter', () => {
    expect(parseFleetSearch({ syncState: 'failed', q: 'seoul', other: 'x' })).toEqual({ syncState: 'failed', q: 'seoul' });
    expect(parseFleetSearch({ syncState: 'broken' })).toEqual({});
  });
});
