import { parse, stringify } from 'yaml';

interface Log {
  readonly expect_ids?: readonly number[];
  readonly no_expect_ids?: readonly number[];
  readonly match_regex?: string;
  readonly no_match_regex?: string;
}

interface Today {
  readonly rule_id: number;
  readonly tests?: readonly {
    readonly test_id: number;
    readonly desc?: string;
    readonly stages: readonly {
      readonly input: Readonly<Record<string, unknown>>;
      readonly output?: { readonly log?: Log; readonly status?: number; readonly expect_error?: boolean };
    }[];
  }[];
}

/** A file of tests as CRS 3 wrote it: titles, `stage:` wrappers, `stop_magic`, lists of statuses, and patterns in place of lists of rules. */
export function inOlderFormat(text: string): string {
  const { rule_id: ruleId, tests } = parse(text) as Today;
  return stringify({
    meta: { author: 'test', enabled: true, name: `${ruleId}.yaml`, description: 'older format' },
    tests: (tests ?? []).map(({ test_id: testId, desc, stages }) => ({
      test_title: `${ruleId}-${testId}`,
      desc: desc ?? '',
      stages: stages.map(({ input, output }) => ({ stage: { input: olderInput(input), output: olderOutput(output ?? {}) } })),
    })),
  });
}

function olderInput({ autocomplete_headers: completes, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return completes === undefined ? rest : { ...rest, stop_magic: completes !== true };
}

function olderOutput({
  log = {},
  status,
  expect_error: expectError,
}: NonNullable<NonNullable<Today['tests']>[number]['stages'][number]['output']>) {
  const [wanted] = log.expect_ids ?? [];
  const unwanted = log.no_expect_ids ?? [];
  const contains = wanted === undefined ? log.match_regex : `id "${wanted}"`;
  const containsNot = unwanted.length === 0 ? log.no_match_regex : `id "(?:${unwanted.join('|')})"`;
  return {
    ...(status === undefined ? {} : { status: [status] }),
    ...(contains === undefined ? {} : { log_contains: contains }),
    ...(containsNot === undefined ? {} : { no_log_contains: containsNot }),
    ...(expectError === undefined ? {} : { expect_error: expectError }),
  };
}
