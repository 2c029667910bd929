import { describe, expect, it } from '@jest/globals';
import { elementsOf } from './address-ranges.js';

describe('addresses of a group', () => {
  it('become the fewest ranges of each family', () => {
    const group = ['10.0.0.0/25', '10.0.0.128-10.0.1.4', '10.0.0.7', '2001:db8::/127', '2001:db8::2', '::ffff:192.0.2.1', '192.0.2.9'];
    expect(elementsOf(group, 4)).toEqual(['10.0.0.0-10.0.1.4', '192.0.2.9']);
    expect(elementsOf(group, 6)).toEqual(['::ffff:c000:201', '2001:db8::-2001:db8::2']);
    expect(elementsOf(['0.0.0.0/0'], 4)).toEqual(['0.0.0.0-255.255.255.255']);
  });
});
