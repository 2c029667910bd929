import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Logger } from '@phalanx/kit';
import { JournalCollectionStore, type JournalOptions } from './journal-collection-store.js';
import { JournalKeeper } from './journal-keeper.js';

const HOUR_MS = 3_600_000;
let root = '';
let folder = '';
let clock = 1_000_000;
let said: string[] = [];
const open: { close(): void }[] = [];
const logger = {
  error: (text: string) => said.push(text),
  warn: (text: string) => said.push(text),
  info: () => undefined,
  debug: () => undefined,
  child: () => logger,
} as unknown as Logger;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'phalanx-journal-'));
  folder = join(root, 'collections');
  clock = 1_000_000;
  said = [];
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  rmSync(root, { recursive: true, force: true });
});

function options(more: Partial<JournalOptions> = {}): JournalOptions {
  // Each look at the clock is a moment later, so that nothing is taken as read just now.
  return { folder, bootId: 'boot-1', logger, now: () => (clock += 0.5), ...more };
}

function store(more: Partial<JournalOptions> = {}): JournalCollectionStore {
  const made = new JournalCollectionStore(options(more));
  open.push(made);
  return made;
}

function keeper(more: Partial<JournalOptions> = {}): JournalKeeper {
  const made = new JournalKeeper(options(more));
  open.push(made);
  made.start();
  return made;
}

/** A slow disk lets a round do little. */
function tidyAll(tidy: JournalKeeper): void {
  for (let round = 0; round < 60; round++) tidy.tick();
}

/** Everything that a store holds of IP collections with these keys. */
function seen(by: JournalCollectionStore, keys: readonly string[]): unknown {
  return keys.map((key) =>
    by
      .open('IP', key, HOUR_MS)
      .entries()
      .map(({ name, text }) => `${name}=${text}`),
  );
}

function segments(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.log'));
}

describe('JournalCollectionStore', () => {
  it('sums what several add, shows the same to all, and to one that comes later', () => {
    const stores = [store(), store(), store(), store()];
    for (let n = 0; n < 1_000; n++) stores[n % 4]?.open('IP', '192.0.2.1', HOUR_MS).add('count', 1);
    expect(stores.map((one) => one.open('IP', '192.0.2.1', HOUR_MS).get('COUNT'))).toEqual(['1000', '1000', '1000', '1000']);
    expect(store().open('IP', '192.0.2.1', HOUR_MS).get('count')).toBe('1000');
    expect(said).toEqual([]);
  });

  it('shows each who counts a number of its own', () => {
    const stores = [store(), store()];
    const [one, other] = stores.map((by) => by.open('IP', 'a', HOUR_MS));
    one?.add('count', 1);
    other?.add('count', 1);
    expect([one?.get('count'), other?.get('count')]).toEqual(['1', '2']);
    clock += 2_000;
    expect([one?.get('count'), other?.get('count')]).toEqual(['2', '2']);
  });

  it('is where it was, and apart from other keys and collections, after all have ended', () => {
    const first = store();
    first.open('IP', '2001:db8::1', HOUR_MS).set('Note', 'å\u0000\u00ff'.repeat(1_000));
    first.open('SESSION', '2001:db8::1', HOUR_MS).set('note', 'other');
    first.open('IP', '2001:db8::2', HOUR_MS).add('a', 1);
    first.open('IP', '2001:db8::2', HOUR_MS).delete('A');
    first.close();
    const next = store();
    expect(next.open('IP', '2001:db8::1', HOUR_MS).entries()).toMatchObject([{ name: 'Note', text: 'å\u0000\u00ff'.repeat(1_000) }]);
    expect(next.open('SESSION', '2001:db8::1', HOUR_MS).get('NOTE')).toBe('other');
    expect(next.open('IP', '2001:db8::2', HOUR_MS).entries()).toEqual([]);
  });

  it('lets members and collections expire by the steady clock', () => {
    const [one, other] = [store(), store()];
    one.open('IP', 'a', 10_000).add('count', 5);
    one.open('IP', 'a', 10_000).expire('count', 1_000);
    clock += 900;
    other.open('IP', 'a', 10_000).add('count', 1);
    expect(one.open('IP', 'a', 10_000).get('count')).toBe('6');
    clock += 110;
    expect([one, other].map((by) => by.open('IP', 'a', 10_000).get('count'))).toEqual([undefined, undefined]);
    one.open('IP', 'a', 10_000).add('count', 1);
    expect(other.open('IP', 'a', 10_000).get('count')).toBe('1');
    clock += 10_000;
    expect(other.open('IP', 'a', 10_000).get('count')).toBeUndefined();
  });

  it('keeps keys and names of any length apart, and values within bounds', () => {
    const [one, other] = [store(), store()];
    const [a, b] = [`${'k'.repeat(60_000)}a`, `${'k'.repeat(60_000)}b`];
    one.open('IP', a, HOUR_MS).set('x'.repeat(5_000), 'y'.repeat(1_000_000));
    one.open('IP', b, HOUR_MS).add('n', 1);
    expect(other.open('IP', a, HOUR_MS).get('x'.repeat(5_000))).toHaveLength(4_096);
    expect(other.open('IP', b, HOUR_MS).entries()).toHaveLength(1);
    for (let n = 0; n < 1_000; n++) one.open('IP', b, HOUR_MS).add(`n${n}`, 1);
    expect(other.open('IP', b, HOUR_MS).entries()).toHaveLength(256);
  });

  it('loses no sum where segments end, with or without a keeper, and is bounded on disk with one', () => {
    const tidy = keeper({ segmentBytes: 4_096 });
    const stores = [1, 2, 3].map(() => store({ segmentBytes: 4_096 }));
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (let n = 0; n < 5_000; n++) {
      stores[n % 3]?.open('IP', keys[n % 5] ?? '', HOUR_MS).add('count', 1);
      if (n % 200 === 0) tidy.tick();
    }
    tidyAll(tidy);
    const all = keys.map(() => ['count=1000']);
    expect(stores.map((by) => seen(by, keys))).toEqual([all, all, all]);
    expect(seen(store(), keys)).toEqual(all);
    expect(segments().length).toBeLessThan(5);
    for (let n = 0; n < 500; n++) stores[n % 3]?.open('IP', keys[n % 5] ?? '', HOUR_MS).add('count', 1);
    expect(seen(store(), keys)).toEqual(keys.map(() => ['count=1100']));
  });

  it('takes one that was far behind to where the others are', () => {
    const [one, late] = [store({ segmentBytes: 4_096 }), store({ segmentBytes: 4_096 })];
    late.open('IP', 'a', HOUR_MS).add('count', 1);
    const tidy = keeper({ segmentBytes: 4_096 });
    for (let n = 0; n < 2_000; n++) {
      one.open('IP', 'a', HOUR_MS).add('count', 1);
      tidy.tick();
    }
    late.open('IP', 'a', HOUR_MS).add('count', 1);
    expect([late, one].map((by) => by.open('IP', 'a', HOUR_MS).get('count'))).toEqual(['2002', '2002']);
  });

  it('stays bounded in memory and on disk with very many keys, and keeps those changed last', () => {
    const tidy = keeper({ segmentBytes: 65_536, maxCollections: 1_000 });
    const [one, other] = [store({ segmentBytes: 65_536, maxCollections: 1_000 }), store({ segmentBytes: 65_536, maxCollections: 1_000 })];
    for (let n = 0; n < 20_000; n++) {
      one.open('IP', `10.0.${n >> 8}.${n & 255}`, HOUR_MS).add('count', 1);
      if (n % 500 === 0) tidy.tick();
    }
    tidyAll(tidy);
    expect(other.open('IP', '10.0.78.31', HOUR_MS).get('count')).toBe('1');
    expect([one.size, other.size]).toEqual([1_000, 1_000]);
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).toBeLessThan(600_000);
  });

  it('passes over what a killed writer left, and counts what follows', () => {
    const one = store();
    one.open('IP', 'a', HOUR_MS).add('count', 1);
    // The first slots of a long record, as when its writer died at the end of a page.
    const [name = ''] = segments();
    const torn = Buffer.alloc(128, 0xc5);
    torn.set([0xc5, 1, 60, 5, 1, 2, 3, 4], 0);
    appendFileSync(join(folder, name), torn);
    const other = store();
    other.open('IP', 'a', HOUR_MS).add('count', 1);
    one.open('IP', 'a', HOUR_MS).add('count', 1);
    expect([one, other, store()].map((by) => by.open('IP', 'a', HOUR_MS).get('count'))).toEqual(['3', '3', '3']);
  });

  it('goes on together when the file is overwritten with rubbish, is cut, or is removed', () => {
    const stores = [store(), store()];
    const addAll = (): void => stores.forEach((one) => one.open('IP', 'a', HOUR_MS).add('count', 1));
    const path = (): string => join(folder, segments().at(-1) ?? '');
    addAll();
    appendFileSync(path(), 'rubbish of an odd length');
    addAll();
    addAll();
    expect(stores.map((one) => one.open('IP', 'a', HOUR_MS).get('count'))).toEqual(['6', '6']);
    truncateSync(path(), 100);
    for (let n = 0; n < 3; n++) addAll();
    clock += 2_000;
    const counts = stores.map((one) => one.open('IP', 'a', HOUR_MS).get('count'));
    expect(Number(counts[0])).toBeGreaterThanOrEqual(9);
    rmSync(folder, { recursive: true });
    addAll();
    expect(stores.every((one) => one.isShared)).toBe(true);
  });

  it('reads a folder whose files are no journal as an empty one', () => {
    keeper().close();
    for (const name of segments()) writeFileSync(join(folder, name), Buffer.alloc(10_000, 7));
    writeFileSync(join(folder, '0000000001.base'), 'no base');
    keeper();
    const [one, other] = [store(), store()];
    one.open('IP', 'a', HOUR_MS).add('count', 1);
    expect(other.open('IP', 'a', HOUR_MS).get('count')).toBe('1');
    expect(said).toContain('parts of the collections’ journal could not be read: what they counted is lost');
  });

  it('counts by itself where nothing can be written, says so once, and comes back', () => {
    writeFileSync(folder, 'a file where the folder should be');
    const told: unknown[] = [];
    const one = store({ onSharing: ({ isShared, unsharedChanges }) => told.push([isShared, unsharedChanges]) });
    for (let n = 0; n < 5; n++) one.open('IP', 'a', HOUR_MS).add('count', 1);
    expect([one.open('IP', 'a', HOUR_MS).get('count'), one.isShared, one.unsharedChanges]).toEqual(['5', false, 5]);
    expect(said).toHaveLength(1);
    rmSync(folder);
    clock += 5_000;
    one.open('IP', 'a', HOUR_MS).add('count', 1);
    expect(one.isShared).toBe(true);
    expect(told).toEqual([
      [false, 0],
      [true, 5],
    ]);
    expect(store().open('IP', 'a', HOUR_MS).get('count')).toBe('1');
  });

  it('carries what is left of each life over a restart of the machine, and makes the dead no younger when the wall clock went back', () => {
    const before = store();
    before.open('IP', 'short', HOUR_MS).add('count', 1);
    before.open('IP', 'short', HOUR_MS).expire('count', 60_000);
    before.open('IP', 'long', HOUR_MS).add('count', 2);
    before.close();
    const age = (seconds: number): void => {
      const at = Date.now() / 1000 - seconds;
      for (const name of readdirSync(folder)) utimesSync(join(folder, name), at, at);
    };
    // Down for 40 seconds; the steady clock begins at 0 again.
    age(40);
    clock = 5_000;
    keeper({ bootId: 'boot-2' }).close();
    const after = store({ bootId: 'boot-2' });
    expect(seen(after, ['short', 'long'])).toEqual([['count=1'], ['count=2']]);
    clock += 21_000;
    expect(seen(after, ['short', 'long'])).toEqual([[], ['count=2']]);
    after.open('IP', 'long', HOUR_MS).set('note', 'later');
    after.close();
    // The wall clock says that the files are from tomorrow: no time has passed.
    age(-86_400);
    clock = 1_000;
    keeper({ bootId: 'boot-3' });
    const last = store({ bootId: 'boot-3' });
    expect(seen(last, ['short', 'long'])).toEqual([[], ['count=2', 'note=later']]);
    expect(existsSync(join(folder, '0000000001.log'))).toBe(false);
  });

  it('does not mix moments of two boots where no keeper could carry them over', () => {
    store().open('IP', 'a', HOUR_MS).add('count', 1);
    const other = store({ bootId: 'boot-2' });
    expect(other.isShared).toBe(false);
    expect(other.open('IP', 'a', HOUR_MS).get('count')).toBeUndefined();
  });
});
