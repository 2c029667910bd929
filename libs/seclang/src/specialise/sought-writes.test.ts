import { describe, expect, it } from '@jest/globals';
import { decodeTables } from '../artefact/codec.js';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import { activateRuleset } from '../runtime/activate-ruleset.js';
import { Transaction } from '../runtime/transaction.js';

const LIST = `SecAction "id:1,phase:1,pass,nolog,setvar:'tx.list=/proxy/ /if/ /te/'"`;
const RULE = `SecRule REQUEST_HEADERS_NAMES "@rx ^.*$" "id:2,phase:1,pass,capture,t:lowercase,msg:'%{MATCHED_VAR}',setvar:'tx.name_2_%{tx.0}=/%{tx.0}/',chain"
  SecRule TX:/^name_2_/ "@within %{tx.list}" "setvar:tx.sum=+1"`;

function tablesOf(...rules: string[]): ReturnType<typeof decodeTables> {
  return decodeTables(compileRuleset([{ name: 'test.conf', text: [LIST, ...rules].join('\n') }]).artefact);
}

/** What the write of rule 2 is for; null where it is for anybody. */
function soughtIn(...rules: string[]): unknown {
  const [step] = tablesOf(...rules).rules.find(({ id }) => id === 2)!.links[0]!.steps;
  return (step!.kind === 'setvar' && step!.sought) || null;
}

describe('a value that is kept only to be looked for in a list', () => {
  it('need not be kept when it isn’t in there', () => {
    expect(soughtIn(RULE)).toEqual({
      capture: 0,
      texts: [
        'proxy',
        'proxy/ ',
        'proxy/ /if',
        'proxy/ /if/ ',
        'proxy/ /if/ /te',
        ' ',
        ' /if',
        ' /if/ ',
        ' /if/ /te',
        'if',
        'if/ ',
        'if/ /te',
        ' /te',
        'te',
      ],
      others: [],
    });
  });

  it('is kept for whoever else can see it', () => {
    expect(soughtIn(RULE, 'SecRule TX:/other_names_.*/ "@rx x" "id:3,phase:1,deny"')).toMatchObject({ others: ['other_names_'] });
    for (const reader of [
      'SecRule TX "@rx x" "id:3,phase:2,deny"',
      'SecRule TX:name_2_if "@rx x" "id:3,phase:2,deny"',
      'SecRule TX:/name/ "@rx x" "id:3,phase:2,deny"',
      'SecRule TX:/2_proxy/ "@rx x" "id:3,phase:2,deny"',
      'SecRule ARGS "@rx x" "id:3,phase:2,deny,msg:\'%{tx.name_2_if}\'"',
      'SecRule ARGS "@rx x" "id:3,phase:2,pass,setvar:tx.name_%{MATCHED_VAR}=1"',
    ])
      expect([reader, soughtIn(RULE, reader)]).toEqual([reader, null]);
  });

  it('is kept when its name may be that of another value, or the list may change', () => {
    expect(soughtIn(RULE.replace('t:lowercase', 't:none'))).toBeNull();
    expect(soughtIn(RULE.replace('name_2_%{tx.0}', 'name_2_%{tx.1}'))).toBeNull();
    expect(soughtIn(RULE.replace('capture,', ''))).toBeNull();
    expect(soughtIn(RULE.replace('"@within', '"!@within'))).toBeNull();
    expect(soughtIn('SecRule ARGS "@streq x" "id:4,phase:1,pass,setvar:tx.list=%{MATCHED_VAR}"', RULE)).toBeNull();
  });

  const matchesOf = (names: readonly string[], ...rules: string[]): readonly string[] => {
    const text = [LIST, ...rules].join('\n');
    const transaction = new Transaction(activateRuleset(compileRuleset([{ name: 'test.conf', text }]).artefact), {
      requestId: 'r',
      client: { address: '192.0.2.1', port: 1 },
      server: { address: '192.0.2.2', port: 80 },
      engineMode: 'on',
      budgetMs: 1000,
    });
    transaction.requestHead({ method: 'GET', uri: '/', protocol: 'HTTP/1.1', headers: names.map((name) => [name, 'x'] as const) });
    transaction.evaluatePhase1();
    return transaction.matches.map(({ msg }) => msg);
  };

  it('is found as before when it is', () => {
    expect(matchesOf(['Host', 'Proxy', 'Accept', 'TE', 'If-Match'], RULE)).toEqual(['/te/']);
    expect(matchesOf(['Host', 'Proxy', 'Accept'], RULE)).toEqual(['/proxy/']);
    expect(matchesOf(['Host', 'Accept', 'If-Match'], RULE)).toEqual([]);
  });

  it('leaves the last value behind, sought or not', () => {
    const teller = `SecAction "id:5,phase:1,pass,log,msg:'%{TX.0} %{MATCHED_VAR_NAME}'"`;
    expect(matchesOf(['Host', 'Accept'], RULE, teller)).toEqual(['accept REQUEST_HEADERS_NAMES:Accept']);
    expect(matchesOf(['Host', 'TE', 'Accept'], RULE, teller)).toEqual(['/te/', 'accept TX:name_2_te']);
  });
});
