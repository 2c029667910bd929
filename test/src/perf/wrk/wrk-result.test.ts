import { describe, expect, it } from '@jest/globals';
import { parseWrk } from './wrk-result.js';

const OUTPUT = `Running 2s test @ http://127.0.0.1:8080/
  1 threads and 64 connections
Requests/sec:   2607.31
wrk requests=5220 duration_us=2002000 refused=312 connect=0 read=1 write=2 timeout=3 attacks=312 p50_us=21500 p99_us=316400
`;

describe('the output of the load generator', () => {
  it('gives counts, errors and latencies', () => {
    expect(parseWrk(OUTPUT)).toEqual({
      requests: 5220,
      seconds: 2.002,
      refused: 312,
      socketErrors: 6,
      attacks: 312,
      p50Ms: 21.5,
      p99Ms: 316.4,
    });
  });

  it('is an error, with its words, when the run failed', () => {
    expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused')).toThrow(/did not say requests: unable to connect/);
  });

  it('is an error when a figure is missing', () => {
    expect(() => parseWrk('wrk requests=1 duration_us=2\n')).toThrow(/did not say refused/);
  });
});
