import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSteps } from '../testing/count-steps.js';
import { parseCookies, parseUrlEncoded, processBody } from './index.js';

const limits = { argumentLimit: 3, jsonDepth: 4 };

describe('form arguments', () => {
  it.each([
    ['a=1&b=2', [['a', '1'], ['b', '2']]],
    ['a', [['a', '']]],
    ['=x', [['', 'x']]],
    ['a=b=c', [['a', 'b=c']]],
    ['&&a=1&&', [['a', '1']]],
    ['a+b=c+d', [['a b', 'c d']]],
    ['%61=%c3%A9', [['a', '\xc3\xa9']]],
    ['a=%', [['a', '%']]],
    ['a=%4', [['a', '%4']]],
    ['a=%zz%41', [['a', '%zzA']]],
    ['a=%u0041', [['a', '%u0041']]],
    ['a=%00b', [['a', '\0b']]],
    ['', []],
  ])('of %j are %j', (text, pairs) => {
    expect(parseUrlEncoded(text, '&', 100)).toEqual(pairs.map(([name, value]) => ({ name, value })));
  }); // prettier-ignore

  it.each(['+%61+', '\xab+\xab,+\xff+*+', '%', '%4', '%zz%41', '%u0041', '%c3%A9%', '%00+%4'])(
    'are decoded the same in a long value: %j',
    (text) => {
      const [short] = parseUrlEncoded(`a=${text}`, '&', 1);
      const [long] = parseUrlEncoded(`a=${text}${'-'.repeat(5000)}${text}`, '&', 1);
      expect(long?.value).toBe(`${short?.value}${'-'.repeat(5000)}${short?.value}`);
    },
  );

  it('are split at the separator that is asked for', () => {
    expect(parseUrlEncoded('a=1;b=2&c', ';', 100)).toEqual([{ name: 'a', value: '1' }, { name: 'b', value: '2&c' }]); // prettier-ignore
  });

  it('beyond the limit are an error of the body, and those up to it are kept', () => {
    const result = processBody('URLENCODED', 'a=1&b=2&c=3&d=4', '', limits);
    expect(result.args.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(result.variables).toEqual({ REQBODY_ERROR: '1', REQBODY_ERROR_MSG: 'URLENCODED: more than 3 arguments' });
    expect(processBody('URLENCODED', 'a=1&b=2&c=3', '', limits).variables['REQBODY_ERROR']).toBe('0');
  });

  it('cost work linear in a megabyte of hostile text', () => {
    for (const piece of ['&', '=', '%', '+', 'a&', 'a=&', '%4']) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(countSteps(() => parseUrlEncoded(text, '&', 10_000_000))).toBeLessThan(20_000_000);
    }
  });

  it('come out of any bytes without a throw, and decode what was encoded', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(parseUrlEncoded(text, '&', 50))));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [pair] = parseUrlEncoded(`x=${encodeURIComponent(text)}`, '&', 2);
        expect(pair?.value).toBe(Buffer.from(text, 'utf8').toString('latin1'));
      }),
    );
  });
});

describe('cookies', () => {
  it.each([
    ['a=1; b=2', [['a', '1'], ['b', '2']]],
    [' a = 1 ;b', [['a', '1'], ['b', '']]],
    ['a=%41+b', [['a', '%41+b']]],
    ['a="x=y"', [['a', '"x=y"']]],
    [';; ;', []],
    ['\ta=\xa01\t; =2;c=', [['a', '1'], ['', '2'], ['c', '']]],
  ])('of %j are %j', (header, pairs) => {
    expect(parseCookies(header)).toEqual(pairs.map(([name, value]) => ({ name, value })));
  }); // prettier-ignore

  it('cost work linear in a long header', () => {
    for (const piece of [';', '=', 'a;', 'a=;', ' ']) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(countSteps(() => parseCookies(text))).toBeLessThan(20_000_000);
    }
  });
});
