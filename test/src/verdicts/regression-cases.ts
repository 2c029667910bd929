import { readTestFiles } from '../conformance/test-files.js';
import { requestBytes } from '../conformance/request-bytes.js';
import type { FtwInput } from '../conformance/ftw-test.js';
import { sample, type VerdictCase } from './verdict-case.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Tests that a rule gives at most, evenly drawn from its own: some have a hundred variants of one request. */
const TESTS_A_RULE = 3;

/** Requests of CRS's regression tests that are well formed: what is malformed on purpose is the HTTP side's to judge. */
export function regressionCases(folder: string): VerdictCase[] {
  const byRule = Map.groupBy(wellFormedCases(folder), ({ name }) => name.slice(0, name.indexOf('-')));
  return [...byRule.values()].flatMap((cases) => sample(cases, TESTS_A_RULE));
}

function wellFormedCases(folder: string): VerdictCase[] {
  return readTestFiles(folder).tests.flatMap(({ id, stages, problem }) =>
    problem !== null
      ? []
      : stages.flatMap(({ input }, stage) =>
          input.uris
            .filter((uri) => isWellFormed(input, uri))
            .map((uri) => ({ source: 'regression' as const, name: `${id}.${stage}`, bytes: requestBytes(input, uri) })),
        ),
  );
}

function isWellFormed(input: FtwInput, uri: string): boolean {
  const hosts = input.headers.filter(([name]) => name.toLowerCase() === 'host');
  const lengths = input.headers.filter(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  return (
    input.raw === null &&
    TOKEN.test(input.method) &&
    /^HTTP\/1\.[01]$/.test(input.version) &&
    /^\/[\x21\x22\x24-\x7e]*$/.test(uri) &&
    hosts.length === 1 &&
    hosts.every(([, value]) => /^[\w.:[\]-]+$/.test(value)) &&
    // A length of the test's own may be wrong on purpose.
    lengths.length === 0 &&
    input.headers.every(([name, value]) => TOKEN.test(name) && !/[\0-\x08\n-\x1f\x7f]/.test(value))
  );
}
