import { describe, expect, it } from '@jest/globals';
import { readFtwFile } from './ftw-file.js';
import type { FtwStage, FtwTest } from './ftw-test.js';

function testsOf(text: string, name = 'tests/920100.yaml'): readonly FtwTest[] {
  const file = readFtwFile(name, text);
  if (file.kind !== 'tests') throw new Error('these are overrides');
  return file.tests;
}

/** The one stage of a file with one test, whose input and output are these lines. */
function stageOf(input: string, output = 'status: 200'): FtwStage {
  const indented = (text: string): string => text.replace(/^/gm, '          ');
  const text = `rule_id: 1\ntests:\n  - test_id: 1\n    stages:\n      - input:\n${indented(input)}\n        output:\n${indented(output)}\n`;
  const [test] = testsOf(text);
  if (test?.problem !== null || test.stages[0] === undefined) throw new Error(test?.problem ?? 'there is no stage');
  return test.stages[0];
}

describe('a file of tests', () => {
  it('is read with all that a request can say', () => {
    const { input, output } = stageOf(
      `dest_addr: 127.0.0.1
port: 80
protocol: http
method: POST
uri: "/a?b=\\tc"
version: HTTP/1.0
headers:
  X-B: 1.0
  Host: ""
  Content-Length: 007
data: |-
  a=1
  b=2
autocomplete_headers: false
save_cookie: true
follow_redirect: true
virtual_host_mode: true`,
      `status: 403
response_contains: no
expect_error: false
retry_once: true
isolated: true
log:
  expect_ids: [920100]
  no_expect_ids: [1, 2]
  match_regex: '(?i)id "\\d+"'
  no_match_regex: '[[:digit:]]{9}\\z'`,
    );
    expect(input).toEqual({
      method: 'POST',
      uris: ['/a?b=\tc'],
      version: 'HTTP/1.0',
      headers: [
        ['Content-Length', '007'],
        ['Host', ''],
        ['X-B', '1.0'],
      ],
      body: Buffer.from('a=1\nb=2'),
      raw: null,
      completesHeaders: false,
      savesCookies: true,
      followsRedirect: true,
    });
    expect(output).toEqual({
      statuses: [403],
      responseContains: 'no',
      expectIds: [920_100],
      noExpectIds: [1, 2],
      matchRegex: /id "\d+"/i,
      noMatchRegex: /[0-9]{9}$/,
      expectsError: false,
      isIsolated: true,
      retriesOnce: true,
    });
  });

  it('gives GET / HTTP/1.1 with completed headers where nothing is said', () => {
    const { input, output } = stageOf('port: 80', 'log: {}');
    expect(input).toMatchObject({
      method: 'GET',
      uris: ['/'],
      version: 'HTTP/1.1',
      headers: [],
      body: null,
      raw: null,
      completesHeaders: true,
    });
    expect(output).toMatchObject({ statuses: null, expectIds: [], expectsError: false });
  });

  it('keeps an empty version, and sends several addresses, ordered and repeated headers as they stand', () => {
    expect(stageOf('version: ""').input.version).toBe('');
    const { input } = stageOf(
      'uris: [/a, /b]\nordered_headers:\n  - name: B\n    value: 2\n  - Name: A\n    Value: 1\n  - name: B\n    value: 3',
    );
    expect(input.uris).toEqual(['/a', '/b']);
    expect(input.headers).toEqual([
      ['B', '2'],
      ['A', '1'],
      ['B', '3'],
    ]);
  });

  it('takes bodies and whole requests from base64', () => {
    expect(stageOf('encoded_data: AAH/').input.body).toEqual(Buffer.from([0, 1, 255]));
    expect(stageOf('encoded_request: "R0VUIC8g\\nSFRUUA=="').input.raw?.toString()).toBe('GET / HTTP');
  });

  it('asks the back end for the answer that a test describes', () => {
    const { input } = stageOf('response:\n  status: 500\n  headers: {X-A: b}\n  body: oops');
    expect(input).toMatchObject({ method: 'POST', uris: ['/reflect'], headers: [['Content-Type', 'application/json']] });
    expect(JSON.parse(input.body?.toString() ?? '')).toEqual({ status: 500, headers: { 'X-A': 'b' }, body: 'oops' });
  });

  it('fills in the templates of the data', () => {
    const dataOf = (data: string): string => stageOf(`data: '${data}'`).input.body?.toString() ?? '';
    expect(dataOf('a={{ "1" | repeat 3 }}&b={{ repeat 2 ("x" | upper) }}')).toBe('a=111&b=XX');
    expect(dataOf('{{ "aGk=" | b64dec }} {{- "!" -}}  {{ print "a" 1 }}{{/* nothing */}}')).toBe('hi!a1');
    expect(dataOf('{ {not one} }')).toBe('{ {not one} }');
  });

  it('reads the older formats', () => {
    const [test] = testsOf(`meta:
  author: someone
  enabled: true
  name: 920100.yaml
tests:
  - test_title: 920100-7
    desc: old
    stages:
      - stage:
          input:
            dest_addr: 127.0.0.1
            stop_magic: true
            data:
              - a
              - b
          output:
            status: [403, 404]
            log_contains: id "920100"
            no_log_contains: id "1"
            html_contains: x
`);
    expect(test).toMatchObject({ id: '920100-7', line: 6, problem: null });
    expect(test?.stages[0]?.input).toMatchObject({ completesHeaders: false, body: Buffer.from('a\r\nb') });
    expect(test?.stages[0]?.output).toMatchObject({
      statuses: [403, 404],
      matchRegex: /id "920100"/,
      noMatchRegex: /id "1"/,
      responseContains: 'x',
    });
  });

  it('prefers today’s keys of the log to the deprecated ones', () => {
    const { output } = stageOf('port: 80', 'log_contains: a\nno_log_contains: b\nlog:\n  expect_ids: [1]\n  no_match_regex: c');
    expect(output).toMatchObject({ expectIds: [1], matchRegex: null, noMatchRegex: /c/ });
  });

  it('takes the rule from the file’s name and the number from the place where they are not said', () => {
    const stage = 'stages: [{input: {}, output: {}}]';
    expect(testsOf(`tests:\n  - ${stage}\n  - ${stage}`, 'x/942100.yml').map(({ id }) => id)).toEqual(['942100-1', '942100-2']);
  });

  it('leaves out what is disabled, and knows lists of overrides and empty files', () => {
    expect(testsOf('meta: {enabled: false}\ntests:\n  - stages: [{input: {}}]')).toEqual([]);
    expect(testsOf('---\n')).toEqual([]);
    expect(readFtwFile('a.yaml', 'version: v1\ntest_overrides: []').kind).toBe('overrides');
  });

  it.each([
    ['an unknown key of an input', 'input: {\n  metod: GET}', 'output: {}', 'a.yaml:4: tests.stages.input.metod is not a known key'],
    [
      'an unknown key of an output',
      'input: {}',
      'output: {expect_ids: [1]}',
      'a.yaml:4: tests.stages.output.expect_ids is not a known key',
    ],
    ['an unknown key of the log', 'input: {}', 'output: {log: {ids: [1]}}', 'a.yaml:4: tests.stages.output.log.ids is not a known key'],
    ['a number that is none', 'input: {}', 'output: {status: ok}', 'a.yaml:4: tests.stages.output.status must be a whole number'],
    [
      'a pattern that is none',
      'input: {}',
      'output: {log: {match_regex: "("}}',
      /^a\.yaml:4: tests\.stages\.output\.log\.match_regex Invalid regular/,
    ],
    ['a flag that is none', 'input: {save_cookie: maybe}', 'output: {}', 'a.yaml:3: tests.stages.input.save_cookie must be true or false'],
    ['base64 that is none', 'input: {encoded_request: "*"}', 'output: {}', 'a.yaml:3: tests.stages.input.encoded_request is not base64'],
    [
      'a template it does not know',
      `input: {data: '{{ env "A" }}'}`,
      'output: {}',
      'a.yaml:3: tests.stages.input.data the template function env is not known',
    ],
    [
      'two bodies',
      'input: {data: a, encoded_request: YQ==}',
      'output: {}',
      'a.yaml:3: tests.stages.input.data and a whole request exclude each other',
    ],
    [
      'isolation without its rule',
      'input: {}',
      'output: {isolated: true}',
      'a.yaml:4: tests.stages.output.isolated needs exactly one rule in log.expect_ids',
    ],
  ])('names file and line of %s', (_what, input, output, problem) => {
    const [test] = testsOf(`rule_id: 7\ntests: [{test_id: 3, stages: [{\n  ${input},\n  ${output}}]}]`, 'a.yaml');
    expect(test).toMatchObject({ id: '7-3', stages: [] });
    expect(test?.problem).toMatch(problem instanceof RegExp ? problem : new RegExp(`^${problem.replace(/[.[\]()]/g, '\\$&')}$`));
  });

  it('tells of a wrong head in all tests of the file, and of what is no YAML in one', () => {
    const tests = testsOf('rule_id: 7\nrules: 8\ntests:\n  - stages: [{input: {}}]\n  - stages: [{input: {}}]', 'a.yaml');
    expect(tests.map(({ id, problem }) => [id, problem])).toEqual([
      ['7-1', 'a.yaml:2: rules is not a known key'],
      ['7-2', 'a.yaml:2: rules is not a known key'],
    ]);
    expect(testsOf('a: b\nc: [', '941100.yaml')).toMatchObject([{ id: '941100-*', problem: expect.stringMatching(/^941100\.yaml:\d: /) }]);
  });
});
