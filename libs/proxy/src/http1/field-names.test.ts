import { describe, expect, it } from '@jest/globals';
import { fieldNames } from './field-names.js';

function read(name: string): string {
  const text = `x${name}: value`;
  return fieldNames.at(Buffer.from(text, 'latin1'), text, 1, 1 + name.length);
}

describe('names of fields', () => {
  it('are given as they came, however often and whatever came before', () => {
    // Some share a length, and their first, middle and last characters.
    const names = ['Host', 'hOst', 'X-Abc-Def', 'X-Xbc-Xef', 'X-Abc-Xef', 'a', 'b', 'A', 'Accept', 'Accxpt', `X-${'long'.repeat(40)}`];
    for (let round = 0; round < 5; round++) for (const name of [...names, ...names.toReversed()]) expect(read(name)).toBe(name);
  });

  it('of thousands of kinds are given as they came', () => {
    for (let round = 0; round < 3; round++) for (let number = 0; number < 5_000; number++) expect(read(`X-${number}`)).toBe(`X-${number}`);
  });
});
