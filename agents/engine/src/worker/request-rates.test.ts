import { describe, expect, it } from '@jest/globals';
import { RequestRates } from './request-rates.js';

describe('rates of requests', () => {
  const passed = (rates: RequestRates, source: string, count: number, at: number) =>
    Array.from({ length: count }, () => rates.isAbove(source, at)).filter((isAbove) => !isAbove).length;

  it('let two seconds’ worth through at once, then as many a second as are allowed, for each source by itself', () => {
    const rates = new RequestRates(10);
    expect(passed(rates, '192.0.2.1', 50, 0)).toBe(20);
    expect(passed(rates, '192.0.2.2', 5, 0)).toBe(5);
    expect(passed(rates, '192.0.2.1', 50, 500)).toBe(5);
    expect(passed(rates, '192.0.2.1', 50, 60_000)).toBe(20);
  });

  it('count an IPv6 source by its /64, however the address is written', () => {
    const rates = new RequestRates(1);
    expect(passed(rates, '2001:db8::1', 1, 0)).toBe(1);
    expect(passed(rates, '2001:db8::ffff:2', 1, 0)).toBe(1);
    expect(passed(rates, '2001:db8:0:0:1::', 1, 0)).toBe(0);
    expect(passed(rates, '2001:db8:0:1::1', 1, 0)).toBe(1);
    expect(passed(rates, '::1', 3, 0)).toBe(2);
  });

  it('forget those first that have been quiet for long, and never grow without end', () => {
    const rates = new RequestRates(1);
    passed(rates, '192.0.2.1', 5, 0);
    for (let index = 0; index < 25_000; index++) rates.isAbove(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 1);
    expect(rates.isAbove('192.0.2.1', 1)).toBe(true);
    for (let index = 0; index < 60_000; index++) rates.isAbove(`11.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 2);
    expect(rates.isAbove('192.0.2.1', 2)).toBe(false);
  });
});
