import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import { activateRuleset } from '../runtime/activate-ruleset.js';
import type { RuntimeRule } from '../runtime/runtime-rule.js';
import { readRuleFiles } from './read-rule-files.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function load(path: string): ReturnType<typeof compileRuleset> {
  const { sources, resolveFile } = readRuleFiles([path]);
  return compileRuleset(sources, { resolveFile });
}

describe('rule files on disk', () => {
  it('are read with what they include, globs in order of name, and data files beside the rule file', () => {
    write('rules/20.conf', 'SecRule ARGS "@pmFromFile words.data" "id:20"');
    write('rules/10.conf', 'SecAction "id:10,pass,log"');
    write('rules/words.data', '# comment\nalpha\n');
    const main = write('main.conf', 'SecAction "id:1,pass,log"\nInclude rules/*.conf\nSecAction "id:2,pass,log"\n');
    const { artefact, report } = load(main);
    expect(report).toMatchObject({ rules: 4, files: 3 });
    expect(
      activateRuleset(artefact)
        .plan(2)
        .steps.map((step) => (step as RuntimeRule).id),
    ).toEqual([1, 10, 20, 2]);
  });

  it('keep their line numbers behind an Include', () => {
    write('a.conf', 'SecAction "id:10,pass,log"');
    const main = write('main.conf', '# first\nInclude a.conf\n\nSecNonsense On\n');
    expect(() => load(main)).toThrow(`${main}:4: directive SecNonsense is not supported`);
  });

  it.each([
    ['Include nope.conf', 'Include nope.conf finds no file'],
    ['Include main.conf', 'comes back to'],
  ])('refuse %s', (text, reason) => {
    const main = write('main.conf', `\n${text}`);
    expect(() => load(main)).toThrow(`${main}:2: `);
    expect(() => load(main)).toThrow(reason);
  });

  it('may lack what IncludeOptional names', () => {
    expect(load(write('main.conf', 'IncludeOptional nope/*.conf\nSecAction "id:1,pass,log"')).report.rules).toBe(1);
  });

  it('that are not there are an error that names the path', () => {
    expect(() => readRuleFiles([join(folder, 'gone.conf')])).toThrow('gone.conf');
  });
});
