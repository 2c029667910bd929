import { describe, expect, it } from '@jest/globals';
import { checkCustomRules } from './custom-rules.js';

describe("operators' own rules", () => {
  it.each([
    `SecRule ARGS:q "@contains x" "id:1,phase:2,deny,status:403,msg:'no'"`,
    `SecRule REQUEST_URI "@beginsWith /api" "id:2,phase:1,pass,nolog,ctl:ruleRemoveTargetById=942100;ARGS:q"`,
    `SecRule ARGS "@rx a" "id:3,phase:2,pass,setvar:'tx.inbound_anomaly_score_pl1=+5'"`,
    `SecRuleRemoveById 942100 942110-942120`,
    `SecRuleUpdateTargetById 942100 "!ARGS:q"`,
    `# SecRuleEngine Off`,
    `SecRule REMOTE_ADDR "@ipMatch 192.0.2.7" "id:4,phase:1,allow"`,
  ])('may hold %s', (rule) => {
    expect(() => checkCustomRules(rule)).not.toThrow();
  });

  it.each([
    ['SecRuleEngine Off', 'SecRuleEngine is not allowed'],
    ['secruleengine DetectionOnly', 'secruleengine is not allowed'],
    ['"SecRuleEngine" Off', 'is not allowed'],
    ['SecRuleEng\\\nine Off', 'SecRuleEngine is not allowed'],
    ['Include /etc/passwd', 'Include is not allowed'],
    ['SecRuleRemoveByTag ".*"', 'SecRuleRemoveByTag is not allowed'],
    ['SecRuleRemoveByMsg x', 'SecRuleRemoveByMsg is not allowed'],
    ['SecRuleRemoveById 1-999999', 'needed for any refusal'],
    ['SecRuleRemoveById "949110"', 'needed for any refusal'],
    ['SecRuleRemoveById 920000-920999', 'at most 100'],
    ['SecRuleUpdateTargetById 949110 "!TX"', 'needed for any refusal'],
    ['SecRequestBodyAccess Off', 'SecRequestBodyAccess is not allowed'],
    ['SecAction "id:1,phase:1,pass,ctl:ruleEngine=Off"', 'ctl:ruleEngine'],
    ['SecRule ARGS "@rx x" ctl:ruleEngine=Off', 'ctl:ruleEngine'],
    [`SecRule ARGS "@rx x" "ctl:'ruleEngine=DetectionOnly',id:1"`, 'ctl:ruleEngine'],
    ['SecAction "id:1,phase:1,pass,ctl = ruleEngine = Off"', 'ctl:ruleEngine'],
    ['SecAction "id:1,phase:1,pass,ctl:rule\\\nEngine=off"', 'ctl:ruleEngine'],
    ['SecAction "id:1,phase:1,pass,ctl:ruleRemoveByTag=.*"', 'by tag or message'],
    ['SecAction "id:1,phase:1,pass,ctl:ruleRemoveById=942100-959999"', 'needed for any refusal'],
    ['SecAction "id:1,phase:1,pass,ctl:ruleRemoveTargetByTag=attack;ARGS"', 'only take out a named target'],
    ['SecAction "id:1,phase:1,allow"', 'allow needs a condition'],
    ['SecRule ARGS "@unconditionalMatch" "allow,id:1"', 'allow needs a condition'],
    ['SecAction "id:1,phase:1,pass,setvar:tx.inbound_anomaly_score_threshold=99999"', 'which the policy sets'],
    [`SecAction "id:1,phase:1,pass,setvar:'tx.blocking_inbound_anomaly_score=0'"`, 'may only add'],
    ['SecAction "id:1,phase:1,pass,setvar:!tx.blocking_inbound_anomaly_score"', 'may only add'],
    ['SecAction "id:1,phase:1,pass,setvar:tx.%{tx.x}=0"', 'may not compute'],
    ['SecAction "id:9500000,phase:1,pass"', 'is reserved'],
  ])('may not hold %s', (rule, reason) => {
    expect(() => checkCustomRules(rule)).toThrow(reason);
  });

  it('are refused with the file and line of the directive', () => {
    expect(() => checkCustomRules('# one\n\nSecRule ARGS "@rx a" \\\n  "id:1,phase:2,deny"\nSecRuleEngine Off')).toThrow(
      /^custom-rules\.conf:5: SecRuleEngine/,
    );
  });
});
