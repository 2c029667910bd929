import { describe, expect, it } from '@jest/globals';
import { parseProcessStat } from './process-stat.js';

const FIELDS = 'S 812 4711 4711 0 -1 4194560 52000 10 0 0 1234 567 89 11 20 0 7 0 908070 1300000000 20000 18446744073709551615';

describe('the line of a process in /proc', () => {
  it('gives parent and times', () => {
    expect(parseProcessStat(`4711 (node) ${FIELDS}`)).toEqual({ parent: 812, userTicks: 1234, systemTicks: 567, endedChildrenTicks: 100 });
  });

  it('is read past brackets and spaces in the name of the program', () => {
    expect(parseProcessStat(`4711 (a) S 1 (b) ${FIELDS}`).userTicks).toBe(1234);
  });
});
