import { describe, expect, it } from '@jest/globals';
import { AppError } from '@phalanx/kit';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import { activateRuleset } from '../runtime/activate-ruleset.js';
import type { RuntimeRule } from '../runtime/runtime-rule.js';

const RULES = `SecDefaultAction "phase:2,log,pass"
SecRule ARGS|!ARGS:x "@pmFromFile words.data" "id:1,phase:2,block,t:lowercase,capture,msg:'%{TX.0}'"
SecRule ARGS "@rx (?i)union\\s+select" "id:2,phase:2,deny,chain"
  SecRule &TX:a "@eq 0"
SecMarker END`;

function compile(text: string, words = 'alpha\nbeta'): ReturnType<typeof compileRuleset> {
  return compileRuleset([{ name: 'a.conf', text }], { resolveFile: (path) => (path === 'words.data' ? words : null) });
}

describe('the artefact', () => {
  it('is the same for the same rules, and runs under the digest it was compiled to', () => {
    const first = compile(RULES);
    const second = compile(RULES);
    expect(Buffer.from(first.artefact).equals(Buffer.from(second.artefact))).toBe(true);
    expect(activateRuleset(first.artefact).digest).toBe(first.digest);
  });

  it.each([
    ['a rule', RULES.replace('union', 'onion')],
    ['an action', RULES.replace('deny', 'drop')],
    ['a marker', RULES.replace('END', 'STOP')],
    ['a setting', `SecArgumentsLimit 7\n${RULES}`],
  ])('has another digest when %s changes', (_what, changed) => {
    expect(compile(changed).digest).not.toBe(compile(RULES).digest);
  });

  it('has another digest when a data file changes', () => {
    expect(compile(RULES, 'alpha\ngamma').digest).not.toBe(compile(RULES).digest);
  });

  it('shows a change of the tables in memory in the measured digest', () => {
    const ruleset = activateRuleset(compile(RULES).artefact);
    const rule = ruleset.plan(2).steps[0] as RuntimeRule;
    expect(ruleset.measureDigest()).toBe(ruleset.digest);
    (rule.record as { log: boolean }).log = false;
    expect(ruleset.measureDigest()).not.toBe(ruleset.digest);
  });

  it('is refused when it is something else, of another version, or cut short', () => {
    const { artefact } = compile(RULES);
    const other = Buffer.from(artefact);
    other.writeUInt32LE(99, 4);
    for (const bytes of [Buffer.from('no'), Buffer.alloc(64), other, artefact.subarray(0, artefact.length - 8)]) {
      expect(() => activateRuleset(bytes)).toThrow(AppError);
    }
  });
});
