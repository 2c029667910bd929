import { describe, expect, it } from '@jest/globals';
import { DIFF_LIMIT, jsonLines, unifiedDiff } from './unified-diff.js';

/** What a unified diff makes of the wanted lines, read strictly. */
function patched(wanted: readonly string[], diff: string | null): string[] {
  const result: string[] = [];
  let next = 0;
  for (const line of (diff ?? '').split('\n').slice(2)) {
    const head = /^@@ -(\d+),\d+ \+\d+,\d+ @@$/.exec(line);
    if (head) while (next < Number(head[1]) - 1) result.push(wanted[next++]!);
    else if (line.startsWith('+')) result.push(line.slice(1));
    else {
      expect(wanted[next++]).toBe(line.slice(1));
      if (line.startsWith(' ')) result.push(line.slice(1));
    }
  }
  return [...result, ...wanted.slice(next)];
}

describe('a unified diff', () => {
  it('is nothing between equals, and shows one changed line in its surroundings', () => {
    const wanted = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    expect(unifiedDiff(wanted, wanted)).toBeNull();
    const found = wanted.map((line) => (line === 'e' ? 'E' : line));
    expect(unifiedDiff(wanted, found)!.split('\n')).toEqual([
      '--- applied',
      '+++ found',
      '@@ -2,7 +2,7 @@',
      ' b',
      ' c',
      ' d',
      '-e',
      '+E',
      ' f',
      ' g',
      ' h',
    ]);
  });

  it('turns what was wanted into what was found, whatever the two are', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) % below;
    for (let round = 0; round < 400; round++) {
      const lines = () => Array.from({ length: random(30) }, () => String(random(6)));
      const wanted = lines();
      const found = round % 2 ? lines() : wanted.flatMap((line) => [[line], [], [line, 'x']][random(9)] ?? [line]);
      expect([round, patched(wanted, unifiedDiff(wanted, found))]).toEqual([round, found]);
    }
  });

  it('is short enough for a report, whatever was found', () => {
    const wanted = Array.from({ length: 20_000 }, (_, index) => `wanted ${index}`);
    const found = Array.from({ length: 20_000 }, (_, index) => `found ${index}`);
    const diff = unifiedDiff(wanted, found)!;
    expect(diff.length).toBeLessThanOrEqual(DIFF_LIMIT);
    expect(diff).toMatch(/more lines$/);
    expect(unifiedDiff([], ['x'.repeat(100_000)])!.length).toBeLessThan(1_000);
  });
});

it('JSON is laid out one value a line, long texts by their own lines; what is none is split', () => {
  expect(jsonLines('{"b":1,"a":"x\\ny"}')).toEqual(['{', '  "b": 1,', '  "a": [', '    "x",', '    "y"', '  ]', '}']);
  expect(jsonLines('{"b":\nnot')).toEqual(['{"b":', 'not']);
});
