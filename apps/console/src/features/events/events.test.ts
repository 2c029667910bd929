import { describe, expect, it } from '@jest/globals';
import type { EventView } from '@phalanx/contracts';
import { isFiltered, matchesFilter, parseEventSearch } from './event-search.js';
import { EMPTY_FEED, FEED_LIMIT, mergeWithPages, receive, release } from './live-feed.js';
import { fromLocalInput, toLocalInput } from './time-input.js';

const attack = {
  kind: 'attack',
  id: 'e1',
  tenantId: 't1',
  applianceId: 'b1',
  applicationId: 'a1',
  action: 'blocked',
  rules: [{ id: 942100 }],
  source: '203.0.113.5',
  requestId: 'request-1',
  path: '/Search',
  query: 'q=1',
  occurredAt: '2026-11-21T10:00:00.000Z',
} as unknown as EventView;
const system = {
  kind: 'system',
  id: 's1',
  tenantId: 't1',
  applianceId: 'b1',
  occurredAt: '2026-11-21T10:00:00.000Z',
} as unknown as EventView;
const at = (id: string, second: number) => ({ ...attack, id, occurredAt: new Date(second * 1000).toISOString() }) as EventView;

describe('parseEventSearch', () => {
  it('leaves out what the controller would refuse', () => {
    expect(
      parseEventSearch({ ruleId: '942100', source: '203.0.113.5', action: 'blocked', requestId: 'short', from: 'yesterday', kind: 'x' }),
    ).toEqual({
      ruleId: '942100',
      source: '203.0.113.5',
      action: 'blocked',
    });
    expect(isFiltered(parseEventSearch({ event: 'e1' }))).toBe(false);
  });
});

describe('matchesFilter', () => {
  it('agrees with the list’s own filter', () => {
    expect(matchesFilter(attack, {}, undefined)).toBe(true);
    expect(matchesFilter(attack, { ruleId: '942100', source: '203.0.113.5', q: 'search', action: 'blocked' }, 't1')).toBe(true);
    expect(matchesFilter(attack, {}, 't2')).toBe(false);
    expect(matchesFilter(attack, { ruleId: '941100' }, undefined)).toBe(false);
    expect(matchesFilter(attack, { from: '2026-11-21T10:00:00.001Z' }, undefined)).toBe(false);
    expect(matchesFilter(attack, { to: '2026-11-21T10:00:00.000Z' }, undefined)).toBe(false);
    expect(matchesFilter(system, { kind: 'system' }, undefined)).toBe(true);
    expect(matchesFilter(system, { action: 'blocked' }, undefined)).toBe(false);
  });
});

describe('the live feed', () => {
  it('shows what comes to a reader who follows, newest first and each once', () => {
    const feed = receive(receive(EMPTY_FEED, [at('a', 1), at('c', 3)], true), [at('b', 2), at('a', 1)], true);
    expect(feed.shown.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(mergeWithPages(feed.shown, [at('a', 1), at('z', 0)]).map(({ id }) => id)).toEqual(['c', 'b', 'a', 'z']);
  });

  it('keeps what comes from a reader who does not follow until it is wanted', () => {
    const feed = receive(EMPTY_FEED, [at('a', 1)], false);
    expect([feed.shown.length, feed.waiting.length]).toEqual([0, 1]);
    expect(release(feed)).toMatchObject({ shown: [{ id: 'a' }], waiting: [] });
  });

  it('is bounded: beyond it the list is to be read anew', () => {
    const many = Array.from({ length: FEED_LIMIT + 1 }, (_, index) => at(`e${index}`, index));
    const feed = receive(EMPTY_FEED, many, false);
    expect([feed.waiting.length, feed.isTorn]).toEqual([FEED_LIMIT, true]);
    expect(receive(EMPTY_FEED, many, true).isTorn).toBe(true);
  });
});

describe('time fields', () => {
  it('give back the instant that they were given, to the minute', () => {
    const instant = '2026-11-21T10:20:00.000Z';
    expect(fromLocalInput(toLocalInput(instant))).toBe(instant);
    expect([fromLocalInput(''), toLocalInput(undefined)]).toEqual([undefined, '']);
  });
});
