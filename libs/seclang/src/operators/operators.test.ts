import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sharedData } from '@phalanx/testing';
import { publishedCases, type PublishedCase } from '../testing/published-cases.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { CaptureList } from './operator.js';
import { KNOWN_DIFFERENCES } from '../testing/published-differences.js';
import { findOperator } from './registry.js';

const folder = sharedData('seclang-unit/operators');

(folder === null ? describe.skip : describe)('the published operator cases', () => {
  const files = folder === null ? [] : readdirSync(folder).filter((name) => name.endsWith('.json'));
  for (const file of files) {
    const name = file.replace('.json', '');
    const reason = KNOWN_DIFFERENCES.get(name);
    if (reason !== undefined) {
      it(`${name} is not there (${reason})`, () => expect(findOperator(name)).toBeUndefined());
      continue;
    }
    it(`${file} gives the published answers`, () => {
      const wrong = publishedCases(join(folder!, file)).filter((published) => answer(published) !== (published.ret === 1));
      expect(wrong).toEqual([]);
    });
  }

  function answer({ name, param, input }: PublishedCase): boolean {
    const operator = findOperator(name);
    if (operator === undefined) throw new Error(`no operator ${name}`);
    const data = join(folder!, 'op', param);
    const text = operator.argument === 'file' && existsSync(data) ? readFileSync(data, 'latin1') : '';
    const captures: CaptureList = [];
    try {
      return operator.compile(param, { text, pattern: null }).test(input, captures);
    } catch (error) {
      // An argument that is refused when the pack loads never matches.
      if (error instanceof RuleProblem) return false;
      throw error;
    }
  }
});

describe('captures', () => {
  it('the pattern operator gives group 0 and all groups, those that took no part as undefined', () => {
    const captures: CaptureList = [];
    expect(findOperator('rx')!.compile('(a)|(b)', { text: '', pattern: null }).test('xb', captures)).toBe(true);
    expect(captures).toEqual(['b', undefined, 'b']);
  });

  it('the phrase operator gives the phrase as it stands in the value', () => {
    const captures: CaptureList = [];
    expect(findOperator('pm')!.compile('passwd shadow', { text: '', pattern: null }).test('/etc/PassWd', captures)).toBe(true);
    expect(captures).toEqual(['PassWd']);
  });
});

describe('long values', () => {
  it('hold the phrases that short ones hold', () => {
    const operator = findOperator('pm')!.compile('passwd pass shadow ß', { text: '', pattern: null });
    const padding = 'pas swor shado '.repeat(100);
    for (const [text, found] of [
      ['PassWd', 'PassWd'],
      ['pass', 'pass'],
      ['xShadow', 'Shadow'],
      ['shado', undefined],
    ] as const) {
      const captures: CaptureList = [];
      expect([text, operator.test(`${padding}${text}${padding}`, captures), captures[0]]).toEqual([text, found !== undefined, found]);
      expect(operator.test(`${padding}${text}${padding}`, null)).toBe(found !== undefined);
    }
  });

  it('are no addresses, and no work', () => {
    const operator = findOperator('ipMatch')!.compile('10.0.0.0/8', { text: '', pattern: null });
    expect(operator.test('10.0.0.1', null)).toBe(true);
    for (const unit of ['1.', ':', '1:', '0']) expect(operator.test(unit.repeat(50_000), null)).toBe(false);
  });

  it.each([
    ['verifyCC', String.raw`\d{13,16}`, '4'],
    ['verifyCC', String.raw`\d+`, '4'],
    ['verifyCPF', String.raw`([0-9]{3}\.?){3}-?[0-9]{2}`, '1'],
    ['verifySSN', String.raw`\d{3}-?\d{2}-?\d{4}`, '1'],
    ['validateNid', String.raw`us \d{3}-?\d{2}-?\d{4}`, '0'],
  ])('are searched for candidates in one go: %s %s', (name, pattern, unit) => {
    const operator = findOperator(name)!.compile(pattern, { text: '', pattern: null });
    // The outcome says nothing here: that there is one before the test's time is up does.
    expect(typeof operator.test(unit.repeat(40_000), [])).toBe('boolean');
  });
});
