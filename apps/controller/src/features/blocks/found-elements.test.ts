import { describe, expect, it } from '@jest/globals';
import { readFoundElements } from './found-elements.js';

const diff = (...lines: string[]) => ['--- applied', '+++ found', '@@ -40,3 +40,3 @@', ' chain refuse', ...lines].join('\n');

describe('what was found in a box’s lists', () => {
  it('is what was added and what is missing', () => {
    expect(readFoundElements(diff('-blocked-4 203.0.113.9', '+blocked-6 2001:db8::7', '+networks-4 198.51.100.0-198.51.100.255'))).toEqual({
      added: ['2001:db8::7', '198.51.100.0-198.51.100.255'],
      removed: ['203.0.113.9'],
    });
  });

  it.each([
    ['an end that is not named', '+blocked-4 203.0.113.9 for a time'],
    ['what must stay free', '+released-4 203.0.113.9'],
    ['a rule', '-rule refuse []'],
    ['more than there is room for', '… 7 more lines'],
    ['nothing', ' chain refuse'],
  ])('is not told where it has %s', (_, line) => expect(readFoundElements(diff(line))).toBeNull());
});
