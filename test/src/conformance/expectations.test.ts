import { describe, expect, it } from '@jest/globals';
import type { AuditLine } from './audit-trail.js';
import { CookieJar } from './cookie-jar.js';
import { unmet, type Seen } from './expectations.js';
import type { FtwOutput } from './ftw-test.js';
import { goRegex } from './go-regex.js';
import { redirected } from './redirect.js';

const NOTHING: FtwOutput = {
  statuses: null,
  responseContains: null,
  expectIds: [],
  noExpectIds: [],
  matchRegex: null,
  noMatchRegex: null,
  expectsError: false,
  isIsolated: false,
  retriesOnce: false,
};
const rule = (id: number) => ({ id, msg: 'a "b"', severity: 'CRITICAL', tags: ['t'], data: `found within ARGS:${id}` });
const line = (...ids: number[]): AuditLine => ({
  requestId: 'r',
  client: '127.0.1.1',
  method: 'GET',
  uri: '/',
  status: 200,
  action: 'pass',
  rules: ids.map(rule),
  headers: {},
});
const SEEN: Seen = {
  answer: { status: 403, headers: [], text: 'HTTP/1.1 403 Forbidden\r\n\r\nno entry' },
  error: null,
  audit: [line(1, 2), line(2)],
};

function wrong(output: Partial<FtwOutput>, seen: Partial<Seen> = {}): string[] {
  return unmet({ ...NOTHING, ...output }, { ...SEEN, ...seen });
}

describe('what a test expects', () => {
  it('holds for status, answer and rules', () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ statuses: [400, 403], responseContains: 'no entry', expectIds: [1, 2], noExpectIds: [3] })).toEqual([]);
    expect(wrong({ statuses: [200], responseContains: 'yes', expectIds: [1, 4], noExpectIds: [2] })).toEqual([
      'status 403, not 200',
      'the answer does not hold yes',
      '4 is missing',
      '2 is not wanted',
    ]);
  });

  it('holds for patterns over each log line', () => {
    const pattern = goRegex('(?i)ID "1"\\].*within ARGS:1');
    expect(wrong({ matchRegex: pattern })).toEqual([]);
    expect(wrong({ noMatchRegex: pattern })).toEqual(['a log line matches ID "1"\\].*within ARGS:1']);
    expect(wrong({ matchRegex: goRegex('id "1".*id "2"') })).toEqual(['no log line matches id "1".*id "2"']);
    expect(wrong({ matchRegex: goRegex('x') }, { audit: [] })).toEqual(['no log line matches x']);
  });

  it('holds for one rule alone', () => {
    expect(wrong({ isIsolated: true, expectIds: [1] })).toEqual(['2 rules were logged, not one']);
    expect(wrong({ isIsolated: true, expectIds: [1] }, { audit: [line(1), line(1)] })).toEqual([]);
  });

  it('holds for an error in place of an answer', () => {
    const broken = { answer: null, error: 'reset' };
    expect(wrong({ expectsError: true, expectIds: [9] }, broken)).toEqual([]);
    expect(wrong({ expectsError: true })).toEqual(['no answer was expected, but 403 came']);
    expect(wrong({}, broken)).toEqual(['reset']);
  });
});

describe('stages of one test', () => {
  it('carry the cookies on that were saved', () => {
    const jar = new CookieJar();
    expect(jar.addTo([['A', 'b']])).toEqual([['A', 'b']]);
    jar.save([
      ['Set-Cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
      ['Set-Cookie', 'a=3'],
      ['X', 'c=4'],
    ]);
    expect(jar.addTo([])).toEqual([['Cookie', 'a=3; b=2']]);
    expect(jar.addTo([['cookie', 'own']])).toEqual([['cookie', 'own']]);
  });

  it('follow the redirect before them', () => {
    const input = {
      method: 'GET',
      uris: ['/'],
      version: 'HTTP/1.1',
      headers: [['Host', 'a'] as const],
      body: null,
      raw: null,
      completesHeaders: true,
      savesCookies: false,
      followsRedirect: true,
    };
    const answer = (status: number, location: string) => ({ status, headers: [['location', location] as const], text: '' });
    expect(redirected(input, answer(302, '/b?c=d#e'))).toMatchObject({ uris: ['/b?c=d'], headers: [['Host', 'a']] });
    expect(redirected(input, answer(301, 'http://x:81/y'))).toMatchObject({ uris: ['/y'], headers: [['Host', 'x:81']] });
    expect(redirected(input, answer(200, '/'))).toBe('the answer before it is no redirect but 200');
    expect(redirected(input, answer(302, ''))).toBe('the redirect leads to “”');
    expect(redirected(input, null)).toBe('there is no answer before it to be redirected by');
  });
});
