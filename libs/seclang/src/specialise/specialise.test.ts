import { describe, expect, it } from '@jest/globals';
import { decodeTables } from '../artefact/codec.js';
import { compileRuleset } from '../compiler/compile-ruleset.js';

/** What is left to do in phase 1: ids of rules, and assignments as `name=value`. */
function planOf(rules: string, phase = 1): readonly string[] {
  const { rules: records, plan } = decodeTables(compileRuleset([{ name: 'test.conf', text: rules }]).artefact);
  return plan[phase]!.map((item) =>
    'assign' in item ? item.assign.map(([name, value]) => `${name}=${value ?? ''}`).join(' ') : String(records[item.rule]!.id),
  );
}

const gate = (id: number, level: number) =>
  `SecRule TX:level "@lt ${level}" "id:${id},phase:1,pass,nolog,skipAfter:END"\nSecRule ARGS "@contains x" "id:${id + 1},phase:1,deny"\nSecMarker END`;

describe('what is decided when a ruleset is compiled', () => {
  it('are defaults, merged into one assignment, and gates that follow from them', () => {
    const rules = `SecRule &TX:level "@eq 0" "id:1,phase:1,pass,nolog,setvar:tx.level=2"
      SecAction "id:2,phase:1,pass,nolog,setvar:tx.sum=%{tx.level},setvar:tx.sum=+3"`;
    expect(planOf(`${rules}\n${gate(10, 2)}\n${gate(20, 3)}`)).toEqual(['level=2 sum=2 sum=5', '11']);
  });

  it('is not a default that a rule may have set before, depending on the request', () => {
    const rules = `SecRule ARGS:l "@streq 1" "id:1,phase:1,pass,nolog,setvar:tx.level=1"
      SecRule &TX:level "@eq 0" "id:2,phase:1,pass,nolog,setvar:tx.level=2"`;
    expect(planOf(`${rules}\n${gate(10, 2)}`)).toEqual(['1', '2', '10', '11']);
  });

  it('is what both of two ways say where they meet', () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=2,setvar:tx.other=1"
      SecRule ARGS "@contains y" "id:2,phase:1,pass,nolog,skipAfter:MEET"
      SecAction "id:3,phase:1,pass,nolog,setvar:tx.other=2"
      SecMarker MEET
      SecRule TX:other "@eq 2" "id:4,phase:1,deny"`;
    expect(planOf(`${rules}\n${gate(10, 3)}`)).toEqual(['level=2 other=1', '2', 'other=2', '4']);
  });

  it('is nothing about variables whose names are made at run time', () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.a_x=1,setvar:tx.b=1"
      SecRule ARGS_NAMES "@rx ." "id:2,phase:1,pass,nolog,setvar:tx.a_%{MATCHED_VAR}=2"
      SecRule TX:a_x "@eq 2" "id:3,phase:1,deny"
      SecRule TX:b "@eq 2" "id:4,phase:1,deny"`;
    expect(planOf(rules)).toEqual(['a_x=1 b=1', '2', '3']);
  });

  it('holds beside a rule that takes rules out for some requests, those that are taken out and those that are not', () => {
    const tag = `SecRule REQUEST_LINE "@streq GET / HTTP/1.0" "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=pack"
      SecAction "id:2,phase:1,pass,nolog,tag:pack,setvar:tx.level=1"
      SecRule TX:level "@lt 2" "id:3,phase:1,pass,nolog,tag:pack,skipAfter:END"
      SecRule ARGS "@contains x" "id:4,phase:1,deny,tag:pack"
      SecRule ARGS "@contains y" "id:5,phase:1,deny"
      SecMarker END`;
    // Where the pack is taken out the gate doesn't stand in the way of rule 5, which is no part of it.
    expect(planOf(tag)).toEqual(['1', 'level=1', '5']);
  });

  it('are exclusions that hold for every request: they are worked into the rules', () => {
    const rules = `SecAction "id:1,phase:2,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:free,ctl:ruleRemoveTargetByTag=t;ARGS"
      SecRule ARGS|REQUEST_COOKIES "@contains x" "id:2,phase:2,deny"
      SecRule ARGS "@contains x" "id:3,phase:2,deny,tag:t"`;
    expect(planOf(rules, 2)).toEqual(['2']);
    const { rules: records } = decodeTables(compileRuleset([{ name: 'test.conf', text: rules }]).artefact);
    expect(records[1]!.links[0]!.targets.map(({ mode, variable, selector }) => [mode, variable, selector])).toEqual([
      ['include', 'ARGS', ''],
      ['include', 'REQUEST_COOKIES', ''],
      ['exclude', 'ARGS', 'free'],
    ]);
  });

  it('are not exclusions that some requests come past', () => {
    const rules = `SecRule ARGS "@contains y" "id:1,phase:2,pass,nolog,skipAfter:RULES"
      SecAction "id:2,phase:2,pass,nolog,ctl:ruleRemoveTargetById=3;ARGS"
      SecMarker RULES
      SecRule ARGS "@contains x" "id:3,phase:2,deny"`;
    expect(planOf(rules, 2)).toEqual(['1', '2', '3']);
  });

  it('lets rules that log, count or block stay, whatever is known', () => {
    const rules = `SecAction "id:1,phase:1,pass,log"\nSecAction "id:2,phase:1,deny,nolog"\nSecAction "id:3,phase:1,pass,nolog,initcol:ip=x"`;
    expect(planOf(rules)).toEqual(['1', '2', '3']);
  });
});
