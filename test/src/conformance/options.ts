import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '@phalanx/kit';
import { repositoryRoot } from '@phalanx/testing';

export interface Options {
  readonly crs: string;
  readonly tests: string;
  readonly overrides: string;
  readonly minPercent: number;
  readonly maxOverrides: number;
  readonly lanes: number;
  /** Only tests whose id matches. */
  readonly only: RegExp | null;
}

/** The overrides of this engine. */
export const OWN_OVERRIDES = join(repositoryRoot, 'test/src/conformance/overrides.yaml');

const USAGE = `usage: npm run test:crs -- --crs DIR --tests DIR [options]
  --crs DIR          the Core Rule Set: rules/ and crs-setup.conf(.example), or /usr/share/modsecurity-crs
  --tests DIR        go-ftw YAML files, or one file
  --only REGEX       only the tests whose id (942100-1) matches
  --min PERCENT      least share of tests that pass as written (99.5)
  --max-overrides N  most overrides that are allowed (15)
  --overrides FILE   another list of overrides (test/src/conformance/overrides.yaml)
  --lanes N          tests under way at once, 1 to 64 (8)`;

/** Reads the command line. Throws `invalid` with the usage. */
export function parseOptions(args: readonly string[]): Options {
  const values = read(args);
  if (values.crs === undefined || values.tests === undefined) throw usage('--crs and --tests are needed');
  return {
    crs: values.crs,
    tests: values.tests,
    overrides: values.overrides ?? OWN_OVERRIDES,
    minPercent: numberOf('--min', values.min ?? '99.5', 0, 100),
    maxOverrides: numberOf('--max-overrides', values['max-overrides'] ?? '15', 0, 1000),
    lanes: Math.floor(numberOf('--lanes', values.lanes ?? '8', 1, 64)),
    only: values.only === undefined ? null : regexOf(values.only),
  };
}

function read(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { crs: text, tests: text, overrides: text, min: text, 'max-overrides': text, lanes: text, only: text },
    }).values;
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) throw usage(`${name} must be ${least} to ${most}, not ${text}`);
  return value;
}

function regexOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function usage(reason: string): AppError {
  return new AppError('invalid', 'conformance.usage', `${reason}\n${USAGE}`);
}
