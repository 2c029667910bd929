import { describe, expect, it } from '@jest/globals';
import { SourceLimiter } from './source-limiter.js';

describe('the limit per source', () => {
  it('holds for an address within a minute, and then no more', () => {
    const limiter = new SourceLimiter(2);
    expect(limiter.retryAfterSeconds('192.0.2.1', 0)).toBeNull();
    limiter.count('192.0.2.1', 0);
    limiter.count('192.0.2.1', 1_000);
    expect(limiter.retryAfterSeconds('192.0.2.1', 2_000)).toBe(58);
    expect(limiter.retryAfterSeconds('192.0.2.2', 2_000)).toBeNull();
    expect(limiter.retryAfterSeconds('192.0.2.1', 60_000)).toBeNull();
  });

  it('takes an IPv6 network of 64 bits, and an IPv4 address in either form, as one source', () => {
    const limiter = new SourceLimiter(1);
    limiter.count('2001:db8:0:7::1', 0);
    limiter.count('::ffff:192.0.2.9', 0);
    for (const same of ['2001:db8:0:7:ffff::2', '2001:0db8::7:1:2:3:4', '192.0.2.9'])
      expect(limiter.retryAfterSeconds(same, 1)).not.toBeNull();
    for (const other of ['2001:db8:0:8::1', '2001:db8::1', '::1', '192.0.2.8', 'fe80::1%eth0'])
      expect(limiter.retryAfterSeconds(other, 1)).toBeNull();
  });

  it('stays bounded whatever number of sources comes', () => {
    const limiter = new SourceLimiter(1);
    for (let i = 0; i < 30_000; i++) limiter.count(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 0);
    expect(limiter.retryAfterSeconds('10.0.0.0', 1)).toBeNull();
    expect(limiter.retryAfterSeconds('10.0.117.47', 1)).not.toBeNull();
  });
});
