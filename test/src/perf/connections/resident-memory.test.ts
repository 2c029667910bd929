import { describe, expect, it } from '@jest/globals';
import { parseOpenFiles, parseResident, residentKb } from './resident-memory.js';

describe('the memory of a process', () => {
  it('is read from its status', () => {
    expect(parseResident('Name:\tnode\nVmHWM:\t   99999 kB\nVmRSS:\t   64012 kB\nThreads:\t7\n')).toBe(64_012);
    expect(() => parseResident('Name:\tkthreadd\n')).toThrow('no VmRSS');
  });

  it('is that of a running one', () => {
    expect(residentKb(process.pid)).toBeGreaterThan(20_000);
  });
});

describe('the limit of open files', () => {
  it.each([
    ['20000                20000', 20_000],
    ['1024                 524288', 524_288],
    ['1024                 unlimited', Number.POSITIVE_INFINITY],
  ])('is the hard one of %s', (columns, limit) => {
    expect(
      parseOpenFiles(
        `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${columns}                files\n`,
      ),
    ).toBe(limit);
  });
});
