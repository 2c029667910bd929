import { describe, expect, it } from '@jest/globals';
import { KnownTexts } from './known-texts.js';

interface Made {
  readonly text: string;
  readonly isKept: boolean;
}

function knownTexts(): KnownTexts<Made> {
  return new KnownTexts((text, isKept) => ({ text, isKept }));
}

describe('texts that come again and again', () => {
  it('are kept from the second time on', () => {
    const texts = knownTexts();
    const made = ['a', 'a', 'a', 'b', 'a'].map((text) => texts.get(text));
    expect(made.map(({ isKept }) => isKept)).toEqual([false, true, true, false, true]);
    expect(made[2]).toBe(made[1]);
    expect(made[4]).toBe(made[1]);
  });

  it('are never kept when they are long', () => {
    const texts = knownTexts();
    const long = 'x'.repeat(200);
    expect([1, 2, 3].map(() => texts.get(long).isKept)).toEqual([false, false, false]);
  });

  it('begin anew when there are too many, and stay right', () => {
    const texts = knownTexts();
    const names = Array.from({ length: 15_000 }, (_, number) => `name${(number >> 1) % 5000}`);
    expect(names.filter((name) => texts.get(name).text !== name)).toEqual([]);
    texts.get('a');
    const kept = texts.get('a');
    for (let number = 0; number < 4200; number++) texts.get(`other${number >> 1}`);
    expect(kept.isKept).toBe(true);
    expect(texts.get('a')).not.toBe(kept);
  });
});
