import { describe, expect, it } from '@jest/globals';
import { blockedSchema } from '@phalanx/contracts';
import { readAddresses } from './read-addresses.js';

const read = (text: string) => readAddresses(text, (word) => blockedSchema.safeParse(word).success);

describe('pasted addresses', () => {
  it('are read in their order, once each, of both families, with networks', () => {
    expect(read('192.0.2.1, 2001:db8::/32;192.0.2.1\n198.51.100.0/24\t203.0.113.9\n')).toEqual({
      addresses: ['192.0.2.1', '2001:db8::/32', '198.51.100.0/24', '203.0.113.9'],
      wrong: [],
    });
  });

  it('leave remarks out, and name what is no address', () => {
    expect(read('192.0.2.1 # seen at the bank\n# nothing\n192.0.2.256 example.test')).toEqual({
      addresses: ['192.0.2.1'],
      wrong: ['192.0.2.256', 'example.test'],
    });
  });
});
