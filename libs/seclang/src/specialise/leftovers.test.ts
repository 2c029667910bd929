import { describe, expect, it } from '@jest/globals';
import { decodeTables } from '../artefact/codec.js';
import { compileRuleset } from '../compiler/compile-ruleset.js';

const CHAIN = `SecRule REQUEST_METHOD "@streq GET" "id:1,phase:1,deny,chain"
  SecRule REQUEST_URI "@contains x" "chain"
    SecRule &ARGS "@gt 3" ""`;

/** The links of rule 1 that leave nothing behind. */
function silentLinks(...rules: string[]): number {
  const { rules: records } = decodeTables(compileRuleset([{ name: 'test.conf', text: rules.join('\n') }]).artefact);
  return records.find(({ id }) => id === 1)!.silentLinks;
}

describe('links that leave nothing behind', () => {
  it('are those up to the first that writes something', () => {
    expect(silentLinks(CHAIN)).toBe(3);
    expect(silentLinks(CHAIN.replace('"chain"', '"chain,setvar:tx.a=1"'))).toBe(1);
    expect(silentLinks(CHAIN.replace('deny,', 'deny,setvar:tx.a=1,'))).toBe(0);
    expect(silentLinks(CHAIN.replace('deny,', 'deny,ctl:auditEngine=Off,'))).toBe(0);
  });

  it('are none when a later rule tells what matched before it', () => {
    expect(silentLinks(CHAIN, 'SecAction "id:2,phase:5,pass,log,msg:x"')).toBe(0);
    expect(silentLinks(CHAIN, 'SecAction "id:2,phase:2,pass,nolog,setvar:\'tx.a=%{MATCHED_VAR}\'"')).toBe(0);
    expect(silentLinks(CHAIN, 'SecRule MATCHED_VAR_NAME "@contains y" "id:2,phase:1,pass,nolog"')).toBe(0);
    expect(silentLinks(CHAIN, 'SecRule ARGS "@contains %{MATCHED_VAR}" "id:2,phase:1,pass,nolog"')).toBe(0);
  });

  it('are all when that rule has matched something itself', () => {
    expect(silentLinks(CHAIN, 'SecRule ARGS "@contains y" "id:2,phase:1,pass,log,msg:\'%{MATCHED_VAR}\'"')).toBe(3);
    expect(silentLinks(CHAIN, 'SecRule ARGS "@contains y" "id:2,phase:1,pass,chain"\nSecRule MATCHED_VAR "@contains z" ""')).toBe(3);
  });

  it('are all when something surely matches before the rule that tells', () => {
    const teller = 'SecAction "id:9,phase:5,pass,log,msg:x"';
    const sure = 'SecAction "id:0,phase:1,pass,nolog,setvar:tx.level=1"'.replace('id:0', 'id:8');
    const match = 'SecRule TX:level "@ge 1" "id:7,phase:1,pass,nolog,setvar:tx.sum=+%{tx.other}"';
    const write = 'SecRule ARGS "@contains y" "id:6,phase:1,pass,nolog,setvar:tx.other=2"';
    expect(silentLinks(sure, write, CHAIN, match, teller)).toBe(3);
    expect(silentLinks(sure, write, match, CHAIN, teller)).toBe(0);
    expect(
      silentLinks(sure, write, CHAIN, 'SecRule ARGS "@contains q" "id:5,phase:1,pass,nolog,skipAfter:END"', match, 'SecMarker END', teller),
    ).toBe(0);
    expect(silentLinks(sure, write, CHAIN, 'SecAction "id:5,phase:1,deny,nolog"', match, teller)).toBe(0);
  });

  it('are not those that capture, where captures are read that others have made', () => {
    const capturing = CHAIN.replace('"@contains x" "chain"', '"@rx (x)" "chain,capture"');
    expect(silentLinks(capturing)).toBe(3);
    expect(silentLinks(capturing, 'SecRule ARGS "@rx y" "id:2,phase:2,pass,log,msg:\'%{TX.1}\'"')).toBe(1);
    expect(silentLinks(capturing, 'SecRule ARGS "@rx y" "id:2,phase:2,pass,capture,log,msg:\'%{TX.1}\'"')).toBe(3);
    expect(silentLinks(capturing, 'SecRule TX:/^[0-9]$/ "@rx y" "id:2,phase:2,pass,log"')).toBe(1);
  });
});
