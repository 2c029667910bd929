import { describe, expect, it } from '@jest/globals';
import { clientConnectionLimit, parseDescriptorLimit } from './descriptor-limit.js';

describe('connections of clients', () => {
  it('leave descriptors for origins', () => {
    expect(
      parseDescriptorLimit(
        'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 20000                files\n',
      ),
    ).toBe(1024);
    expect(parseDescriptorLimit('Max open files  unlimited  unlimited  files\n')).toBe(Infinity);
    expect(clientConnectionLimit(20_000, 20_000)).toBe(17_500);
    expect(clientConnectionLimit(20_000, 1024)).toBe(896);
    expect(clientConnectionLimit(100, 20_000)).toBe(100);
    expect(clientConnectionLimit(20_000, Infinity)).toBe(20_000);
  });
});
