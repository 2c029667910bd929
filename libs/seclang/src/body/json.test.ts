import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSteps } from '../testing/count-steps.js';
import { processBody } from './index.js';

const limits = { argumentLimit: 100, jsonDepth: 4 };

function flatten(body: string): Record<string, string> {
  const result = processBody('JSON', body, 'application/json', limits);
  expect(result.variables).toEqual({ REQBODY_ERROR: '0', REQBODY_ERROR_MSG: '' });
  return Object.fromEntries(result.args.map(({ name, value }) => [name, value]));
}

function messageOf(body: string): string {
  const { variables } = processBody('JSON', body, 'application/json', limits);
  expect(variables['REQBODY_ERROR']).toBe('1');
  return variables['REQBODY_ERROR_MSG'] ?? '';
}

describe('JSON bodies', () => {
  it.each([
    ['{"a":{"b":["x",2]}}', { 'json.a.b.0': 'x', 'json.a.b.1': '2' }],
    ['[1,[2]]', { 'json.0': '1', 'json.1.0': '2' }],
    ['"x"', { json: 'x' }],
    ['{"a":true,"b":false,"c":null}', { 'json.a': 'true', 'json.b': 'false', 'json.c': '' }],
    ['{"a":-1.50E+3}', { 'json.a': '-1.50E+3' }],
    ['{"a":"\\u00e9\\ud83d\\ude00\\n\\/\\""}', { 'json.a': '\xc3\xa9\xf0\x9f\x98\x80\n/"' }],
    ['{"\\u0061b":"\xc3\xa9"}', { 'json.ab': '\xc3\xa9' }],
    ['{"a":"\\ud83d"}', { 'json.a': '\xed\xa0\xbd' }],
    [' {} ', {}],
    ['{"":[]}', {}],
    ['', {}],
  ])('flatten %j to %j', (body, expected) => {
    expect(flatten(body)).toEqual(expected);
  });

  it('keep both of two members with the same name', () => {
    const { args } = processBody('JSON', '{"a":"attack","a":"ok"}', '', limits);
    expect(args).toEqual([{ name: 'json.a', value: 'attack' }, { name: 'json.a', value: 'ok' }]); // prettier-ignore
  });

  it.each([
    '{', '[', '{"a"}', '{"a":}', '{"a":1,}', '[1,]', '[1 2]', '{"a":1}}', '01', '1.', '.5', '1e', '+1', '-', 'tru', 'nul', '"a', '"\n"', '"\\x"',
    '"\\u12"', "'a'", '{a:1}', '{"a" 1}', '[}', '{]', ',', '\xff', 'NaN', '{"a":1} x', '\xef\xbb\xbf{}',
  ])('with a fault are refused: %j', (body) => {
    expect(messageOf(body)).toMatch(/^JSON: .* at byte \d+$/);
  }); // prettier-ignore

  it('deeper than the limit, or with more arguments, are refused with what was read so far', () => {
    expect(flatten('[[[[1]]]]')).toEqual({ 'json.0.0.0.0': '1' });
    expect(messageOf('[[[[[1]]]]]')).toBe('JSON: nested deeper than 4 levels');
    const result = processBody('JSON', '[1,2,3]', '', { argumentLimit: 2, jsonDepth: 4 });
    expect(result.args).toHaveLength(2);
    expect(result.variables['REQBODY_ERROR_MSG']).toBe('JSON: more than 2 arguments');
  });

  it('accept and refuse exactly what JSON.parse does, on any text', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"\\n"', '1', '-0', '1e5', '01', 'null', 'tru', ' ', '\\', '"');
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (body) => {
        fc.pre(body.trim() !== '');
        const { variables } = processBody('JSON', body, '', { argumentLimit: 10_000, jsonDepth: 10_000 });
        expect(variables['REQBODY_ERROR']).toBe(parses(body) ? '0' : '1');
      }),
      { numRuns: 2000 },
    );
  });

  it('cost work and memory linear in a megabyte of hostile text', () => {
    const generous = { argumentLimit: 10_000_000, jsonDepth: 10_000_000 };
    for (const piece of ['[', '{"a":', '"', '\\', '1', '[1,', '{"aaaaaaaaaaaaaaaaaaaaaaaaa":']) {
      const body = piece.repeat(1_000_000 / piece.length);
      expect(countSteps(() => processBody('JSON', body, '', generous))).toBeLessThan(20_000_000);
    }
  });
});

function parses(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
