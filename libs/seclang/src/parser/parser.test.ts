import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import { SecLangError } from '../seclang-error.js';
import { logicalLines } from './logical-lines.js';
import { parseActions } from './parse-actions.js';
import { parseOperator } from './parse-operator.js';
import { parseTargets } from './parse-targets.js';
import { splitWords } from './words.js';

function refusal(text: string): string {
  try {
    compileRuleset([{ name: 'a.conf', text }]);
  } catch (error) {
    if (error instanceof SecLangError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('logical lines', () => {
  it('join continuations and keep the line they begin at', () => {
    expect([...logicalLines('# c\n\nSecRule A \\\n  "@rx b" \\\r\n  "id:1"\nSecMarker X')]).toEqual([
      { line: 3, text: 'SecRule A   "@rx b"   "id:1"' },
      { line: 6, text: 'SecMarker X' },
    ]);
  });

  it('take a continued comment as one comment', () => {
    expect([...logicalLines('# SecRule A \\\n "@rx b"\nSecMarker X')]).toEqual([{ line: 3, text: 'SecMarker X' }]);
  });
});

describe('words', () => {
  it('hold spaces in quotes and lose only the backslash before the quote', () => {
    expect(splitWords(String.raw`SecRule ARGS "@rx a\"b\d\\ c" 'x y' z`)).toEqual([
      'SecRule',
      'ARGS',
      String.raw`@rx a"b\d\\ c`,
      'x y',
      'z',
    ]);
  });
});

describe('actions', () => {
  it("are split at commas outside quotes, with \\' inside", () => {
    expect(
      parseActions(
        String.raw`id:1, msg:'It\'s, well', t:none,\
 setvar:'tx.a=%{tx.b}',pass`.replace('\\\n', ''),
      ),
    ).toEqual([
      { name: 'id', argument: '1' },
      { name: 'msg', argument: "It's, well" },
      { name: 't', argument: 'none' },
      { name: 'setvar', argument: 'tx.a=%{tx.b}' },
      { name: 'pass', argument: '' },
    ]);
  });
});

describe('operators', () => {
  it.each([
    ['@rx a b', { name: 'rx', negated: false, argument: 'a b' }],
    ['!@eq 0', { name: 'eq', negated: true, argument: '0' }],
    ['^a$', { name: 'rx', negated: false, argument: '^a$' }],
    ['!^a$', { name: 'rx', negated: true, argument: '^a$' }],
    ['@detectSQLi', { name: 'detectSQLi', negated: false, argument: '' }],
  ])('%s', (text, expected) => expect(parseOperator(text)).toEqual(expected));
});

describe('targets', () => {
  it('are variables with selectors, patterns, counts and exclusions, in any case', () => {
    const targets = parseTargets("args|!ARGS:Token|&TX:Score|REQUEST_COOKIES:/a|b/|ARGS:'/x|y/'|XML://@*");
    expect(targets.map(({ variable, mode, selector, pattern }) => [variable, mode, selector, pattern?.pcre ?? ''])).toEqual([
      ['ARGS', 'include', '', ''],
      ['ARGS', 'exclude', 'token', ''],
      ['TX', 'count', 'score', ''],
      ['REQUEST_COOKIES', 'include', '', 'a|b'],
      ['ARGS', 'include', '', 'x|y'],
      ['XML', 'include', '//@*', ''],
    ]);
  });
});

describe('a refusal', () => {
  it.each([
    ['SecRule ARGS "@rx a', 'a.conf:1: unterminated " quote'],
    ['\n\nSecFoo On', 'a.conf:3: directive SecFoo is not supported'],
    ['SecRule NOPE "@rx a" "id:1"', 'a.conf:1: unknown variable NOPE'],
    ['SecRule ARGS "@fuzzyHash a" "id:1"', 'a.conf:1: operator @fuzzyHash is not supported'],
    ['SecRule ARGS "@rx a" "id:1,exec:/bin/x"', 'a.conf:1: action exec is not supported'],
    ['SecRule ARGS "@rx a" "id:1,t:rot13"', 'a.conf:1: transformation rot13 is not supported'],
    ['SecRule ARGS "@rx (a" "id:1"', 'a.conf:1: regular expression, offset 2: group is not closed'],
    ['SecRule ARGS "@rx (?R)" "id:1"', 'a.conf:1: regular expression, offset 2: group (?R… is not supported'],
    ['SecRule ARGS "@rx a" "phase:2"', 'a.conf:1: rule without an id'],
    ['SecAction "id:1,pass"\nSecAction "id:1,pass"', 'a.conf:2: rule id 1 is taken by a.conf:1'],
    ['SecRule ARGS "@rx a" "id:1,chain"\nSecMarker X', 'a.conf:2: the chain before this directive has no end'],
    ['SecRule ARGS "@rx a" "id:1,chain"', 'a.conf:1: the chain has no end'],
    ['SecRule ARGS "@rx a" "id:1,chain"\nSecRule ARGS "@rx b" "deny"', 'a.conf:2: action deny belongs in the first rule of the chain'],
    ['SecRule ARGS "@pmFromFile no.data" "id:1"', 'a.conf:1: data file no.data is not there'],
    ['SecAction "id:1,pass,ctl:ruleRemoveFoo=1"', 'a.conf:1: ctl:ruleRemoveFoo is not supported'],
    ['SecRule XML:/a/b "@rx a" "id:1"', 'a.conf:1: XML path /a/b is not supported (known: /*, //@*)'],
    ['SecAction "id:1,pass,setvar:tx.a=%{nope.b}"', 'a.conf:1: macro %{nope.b} names an unknown variable'],
    ['Include other.conf', 'a.conf:1: directive Include is not supported'],
  ])('%j is %j', (text, message) => expect(refusal(text)).toBe(message));

  it('names the file in which a chain has no end, not the one after it', () => {
    const sources = [
      { name: 'a.conf', text: '\nSecRule ARGS "@rx a" "id:1,chain"' },
      { name: 'b.conf', text: 'SecRule ARGS "@rx b" "t:none"' },
    ];
    expect(() => compileRuleset(sources)).toThrow('a.conf:2: the chain has no end');
  });

  it('names the line of the link, not of the chain', () => {
    expect(refusal('SecRule ARGS "@rx a" "id:1,chain"\n\nSecRule ARGS "@rx [" "t:none"')).toBe(
      'a.conf:3: regular expression, offset 1: character class is not closed',
    );
  });

  it('can be turned into a skipped rule that the report names, its chain with it', () => {
    const text = 'SecRule ARGS "@gsbLookup a" "id:7,chain"\nSecRule ARGS "@rx b"\nSecAction "id:8,pass"';
    const { report } = compileRuleset([{ name: 'a.conf', text }], { unsupported: 'skip' });
    expect(report).toMatchObject({
      rules: 1,
      skipped: [{ file: 'a.conf', line: 1, ruleId: 7, reason: 'operator @gsbLookup is not supported' }],
    });
  });
});

describe('any text at all', () => {
  const piece = fc.constantFrom(
    'SecRule ',
    'SecAction ',
    'SecMarker ',
    'ARGS',
    'TX:a',
    '&',
    '!',
    '|',
    ' ',
    '"',
    "'",
    '\\',
    '\n',
    '\\\n',
    '@rx ',
    '@pm a b',
    '(',
    ')',
    '[',
    ']',
    '{2}',
    '*',
    '?',
    '(?i)',
    '\\x',
    '%{tx.a}',
    'id:',
    '1',
    ',',
    'chain',
    't:none',
    'setvar:tx.a=1',
    'msg:',
    ':',
    '/',
    '#',
    'é',
  );

  it('is either compiled or refused with file and line', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 30 }), (pieces) => {
        const outcome = refusal(pieces.join(''));
        expect(outcome === 'accepted' || /^a\.conf:\d+: ./.test(outcome)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
