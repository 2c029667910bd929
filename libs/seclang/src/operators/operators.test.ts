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
