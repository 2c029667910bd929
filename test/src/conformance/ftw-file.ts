import { basename } from 'node:path';
import { AppError, messageOf } from '@phalanx/kit';
import { fillTemplate } from './data-template.js';
import type { FtwInput, FtwOutput, FtwStage, FtwTest, HeaderField } from './ftw-test.js';
import { goRegex } from './go-regex.js';
import { TEST_FILE_ERROR, YamlSource, type Section } from './section.js';

/** What a file of tests holds, or that it is the list of another engine's overrides. */
export type FtwFile = { readonly kind: 'tests'; readonly tests: readonly FtwTest[] } | { readonly kind: 'overrides' };

/**
 * Reads one file of tests in go-ftw's format, that of today and the older ones (`stage:` wrappers, `test_title`, `log_contains`, `stop_magic`,
 * lists of statuses). Nothing is passed over in silence: a test with a key that isn't known, or with a value that can't be used, has
 * `file:line: reason` for its problem, and so have all tests of a file whose head is wrong.
 */
export function readFtwFile(name: string, text: string): FtwFile {
  const ruleOfName = /\d+/.exec(basename(name))?.[0] ?? basename(name);
  try {
    const root = new YamlSource(name, text).root();
    if (root === null) return { kind: 'tests', tests: [] };
    if (root.has('test_overrides')) return { kind: 'overrides' };
    return { kind: 'tests', tests: readTests(root, ruleOfName, name) };
  } catch (error) {
    return { kind: 'tests', tests: [unreadable(`${ruleOfName}-*`, name, 1, problemOf(error))] };
  }
}

function readTests(root: Section, ruleOfName: string, file: string): readonly FtwTest[] {
  const meta = root.section('meta');
  const isEnabled = (meta?.flag('enabled') ?? true) && (root.flag('enabled') ?? true);
  // Some files have the lines of `meta` at the margin.
  for (const section of [root, meta]) section?.ignore('author', 'description', 'name', 'tags', 'version');
  const ruleId = root.text('rule_id') ?? ruleOfName;
  const tests = (root.sections('tests') ?? []).map((test, index) => readTest(test, ruleId, index + 1, file));
  try {
    root.end();
    meta?.end();
  } catch (error) {
    return tests.map(({ id, line }) => unreadable(id, file, line, problemOf(error)));
  }
  return isEnabled ? tests : [];
}

function readTest(test: Section, ruleId: string, position: number, file: string): FtwTest {
  const { line } = test;
  let id = `${ruleId}-${position}`;
  try {
    test.ignore('desc', 'description', 'tags');
    const number = test.whole('test_id') ?? position;
    id = test.text('test_title') ?? `${ruleId}-${number}`;
    const stages = (test.sections('stages') ?? []).map(readStage);
    test.end();
    if (stages.length === 0) throw test.error('stages', 'must hold at least one request');
    return { id, file, line, stages, problem: null };
  } catch (error) {
    return unreadable(id, file, line, problemOf(error));
  }
}

function unreadable(id: string, file: string, line: number, problem: string): FtwTest {
  return { id, file, line, stages: [], problem };
}

/** Only what is wrong in the file becomes the problem of a test. */
function problemOf(error: unknown): string {
  if (error instanceof AppError && error.code === TEST_FILE_ERROR) return error.message;
  throw error;
}

function readStage(item: Section): FtwStage {
  // Before version 1 of the format each stage stood in a mapping of its own.
  const stage = item.section('stage') ?? item;
  stage.ignore('description', 'desc');
  const input = stage.section('input');
  if (input === undefined) throw stage.error('input', 'is missing');
  const output = stage.section('output');
  const read = { input: readInput(input), output: output === undefined ? NOTHING_EXPECTED : readOutput(output) };
  stage.end();
  if (item !== stage) item.end();
  return read;
}

/** The input of one stage, which goes to the engine under test whatever its address, port and protocol say. */
function readInput(input: Section): FtwInput {
  input.ignore('dest_addr', 'port', 'protocol', 'virtual_host_mode');
  const stopsMagic = input.flag('stop_magic');
  const completesHeaders = input.flag('autocomplete_headers') ?? !(stopsMagic ?? false);
  const uri = input.text('uri');
  const uris = input.texts('uris');
  const raw = readRaw(input);
  const ordered = readOrderedHeaders(input);
  const headers = sortedByName(input.pairs('headers') ?? []);
  const method = input.text('method');
  const response = readResponse(input.section('response'));
  const data = readData(input);
  if (raw !== null && data !== null) throw input.error('data', 'and a whole request exclude each other');
  const read: FtwInput = {
    method: method ?? (response === null ? 'GET' : 'POST'),
    uris: uris ?? [uri ?? (response === null ? '/' : '/reflect')],
    version: input.text('version') ?? 'HTTP/1.1',
    headers: [...ordered, ...headers, ...(response === null ? [] : jsonType([...ordered, ...headers]))],
    body: response ?? data,
    raw,
    completesHeaders,
    savesCookies: input.flag('save_cookie') ?? false,
    followsRedirect: input.flag('follow_redirect') ?? false,
  };
  input.end();
  return read;
}

function readRaw(input: Section): Buffer | null {
  const encoded = input.text('encoded_request');
  const raw = input.text('raw_request');
  if (encoded !== undefined && encoded !== '') return decodeBase64(input, 'encoded_request', encoded);
  return raw === undefined || raw === '' ? null : Buffer.from(raw, 'utf8');
}

/** The body, from text with templates or from base64. A list of lines (as the oldest tests have it) is joined by line breaks. */
function readData(input: Section): Buffer | null {
  const lines = input.texts('data');
  const encoded = input.text('encoded_data');
  if (lines === undefined) return encoded === undefined ? null : decodeBase64(input, 'encoded_data', encoded);
  try {
    return Buffer.from(fillTemplate(lines.join('\r\n')), 'utf8');
  } catch (error) {
    throw input.error('data', messageOf(error));
  }
}

function decodeBase64(input: Section, key: string, text: string): Buffer {
  const bare = text.replace(/\s+/g, '');
  if (!/^[0-9A-Za-z+/]*={0,2}$/.test(bare)) throw input.error(key, 'is not base64');
  return Buffer.from(bare, 'base64');
}

/** go-ftw sends the fields of a mapping sorted by name. */
function sortedByName(headers: readonly HeaderField[]): HeaderField[] {
  return headers.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Fields that are sent in the order of the file, a name perhaps more than once. */
function readOrderedHeaders(input: Section): HeaderField[] {
  return (input.sections('ordered_headers') ?? []).map((field) => {
    const name = field.text('name') ?? field.text('Name');
    const value = field.text('value') ?? field.text('Value') ?? '';
    if (name === undefined) throw field.error('name', 'is missing');
    field.end();
    return [name, value];
  });
}

/** The answer that the back end is to give, as the request body that asks the reflecting back end for it. */
function readResponse(response: Section | undefined): Buffer | null {
  if (response === undefined) return null;
  const wanted = {
    status: response.whole('status'),
    headers: Object.fromEntries(response.pairs('headers') ?? []),
    body: response.text('body'),
    encodedBody: response.text('encoded_body'),
    logMessage: response.text('log_message'),
  };
  response.end();
  return Buffer.from(JSON.stringify(wanted), 'utf8');
}

function jsonType(headers: readonly HeaderField[]): HeaderField[] {
  return headers.some(([name]) => name.toLowerCase() === 'content-type') ? [] : [['Content-Type', 'application/json']];
}

const NOTHING_EXPECTED: FtwOutput = {
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

/** The expectations of one stage: of a test, or of an override. */
export function readOutput(output: Section): FtwOutput {
  const log = output.section('log');
  const ids = log?.wholes('expect_ids') ?? log?.wholes('expect_id');
  const noIds = log?.wholes('no_expect_ids') ?? log?.wholes('no_expect_id');
  const contains = readRegex(output, 'log_contains');
  const notContains = readRegex(output, 'no_log_contains');
  const matchRegex = log === undefined ? null : readRegex(log, 'match_regex');
  const noMatchRegex = log === undefined ? null : readRegex(log, 'no_match_regex');
  log?.end();
  const statuses = output.wholes('status')?.filter((status) => status !== 0) ?? [];
  const read: FtwOutput = {
    statuses: statuses.length === 0 ? null : statuses,
    responseContains: output.text('response_contains') ?? output.text('html_contains') ?? null,
    expectIds: ids ?? [],
    noExpectIds: noIds ?? [],
    // The deprecated keys count only where the others say nothing.
    matchRegex: matchRegex ?? (ids === undefined ? contains : null),
    noMatchRegex: noMatchRegex ?? (noIds === undefined ? notContains : null),
    expectsError: output.flag('expect_error') ?? false,
    isIsolated: output.flag('isolated') ?? false,
    retriesOnce: output.flag('retry_once') ?? false,
  };
  output.end();
  if (read.isIsolated && read.expectIds.length !== 1) throw output.error('isolated', 'needs exactly one rule in log.expect_ids');
  return read;
}

function readRegex(section: Section, key: string): RegExp | null {
  const pattern = section.text(key);
  if (pattern === undefined || pattern === '') return null;
  try {
    return goRegex(pattern);
  } catch (error) {
    throw section.error(key, messageOf(error));
  }
}
