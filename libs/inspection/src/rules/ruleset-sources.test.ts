import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, type RuleException, type Settings, type SignaturePack } from '@phalanx/contracts';
import { activateRuleset, compileRuleset, Transaction } from '@phalanx/seclang';
import { rulesetKey, rulesetSources } from './ruleset-sources.js';

/** A pack in the manner of CRS: a set-up file, defaults where nothing was set, a scored rule, a verdict by threshold. */
const PACK: SignaturePack = {
  version: 1,
  name: 'pack',
  packVersion: '1',
  load: ['setup.conf', 'rules/a.conf'],
  files: {
    'setup.conf': 'SecAction "id:900000,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=1"',
    'rules/a.conf': [
      'SecRule &TX:blocking_paranoia_level "@eq 0" "id:901120,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=1"',
      `SecRule ARGS "@pmFromFile words.data" "id:942100,phase:2,block,log,msg:'word',tag:'attack-sqli',severity:CRITICAL,setvar:tx.anomaly_score=+5"`,
      'SecRule TX:BLOCKING_PARANOIA_LEVEL "@lt 2" "id:942012,phase:2,pass,nolog,skipAfter:END"',
      `SecRule ARGS "@contains strict" "id:942200,phase:2,block,log,msg:'strict',tag:'attack-sqli',setvar:tx.anomaly_score=+5"`,
      'SecMarker END',
      'SecRule TX:ANOMALY_SCORE "@ge %{tx.inbound_anomaly_score_threshold}" "id:949110,phase:2,deny,log"',
    ].join('\n'),
    'rules/words.data': 'union select\n한글\n',
  },
};

interface Judged {
  readonly status: number;
  readonly ids: number[];
}

function judge(changes: Partial<Settings['signatures']>, uri: string, headers: [string, string][] = [], body = ''): Judged {
  const { sources, resolveFile } = rulesetSources(PACK, { ...DEFAULT_SETTINGS.signatures, ...changes });
  const ruleset = activateRuleset(compileRuleset(sources, { resolveFile }).artefact);
  const endpoint = { address: '192.0.2.1', port: 1 };
  const transaction = new Transaction(ruleset, { requestId: 'r', client: endpoint, server: endpoint, engineMode: 'on' });
  transaction.requestHead({ method: 'POST', uri, protocol: 'HTTP/1.1', headers });
  let interruption = transaction.evaluatePhase1();
  if (interruption === null) {
    transaction.requestBody(body, false);
    interruption = transaction.evaluatePhase2();
  }
  return { status: interruption?.status ?? 0, ids: transaction.matches.map(({ id }) => id) };
}

describe('rulesetSources', () => {
  it('refuses at the threshold of the policy', () => {
    expect(judge({}, '/?q=union+select')).toEqual({ status: 403, ids: [942100, 949110] });
    expect(judge({ inboundThreshold: 6 }, '/?q=union+select')).toEqual({ status: 0, ids: [942100] });
  });

  it('sets the paranoia level of the policy over the one of the pack', () => {
    expect(judge({}, '/?q=strict').ids).toEqual([]);
    expect(judge({ paranoiaLevel: 2 }, '/?q=strict').ids).toEqual([942200, 949110]);
  });

  it('reads data files beside the rules, byte for byte', () => {
    expect(judge({}, `/?q=${encodeURIComponent('한글')}`).status).toBe(403);
  });

  it('judges JSON bodies by their content, and refuses what cannot be read or is too much', () => {
    const json: [string, string][] = [['Content-Type', 'application/json']];
    expect(judge({}, '/', json, '{"a":{"b":"union select"}}').status).toBe(403);
    expect(judge({}, '/', json, '{"a":').status).toBe(400);
    expect(judge({}, '/', json, '{"a":1}').status).toBe(0);
    const form: [string, string][] = [['Content-Type', 'application/x-www-form-urlencoded']];
    expect(judge({}, '/', form, 'a=1&'.repeat(999)).status).toBe(0);
    expect(judge({}, '/', form, `${'a=1&'.repeat(1_000)}q=union+select`).status).toBe(400);
  });

  it.each<[string, RuleException, string, number]>([
    ['a rule', { ruleId: 942100, reason: 'r' }, '/?q=union+select', 0],
    ['a rule for one target', { ruleId: 942100, target: 'ARGS:q', reason: 'r' }, '/?q=union+select', 0],
    ['a rule for another target', { ruleId: 942100, target: 'ARGS:x', reason: 'r' }, '/?q=union+select', 403],
    ['a rule on a path', { ruleId: 942100, pathPrefix: '/cms/', reason: 'r' }, '/cms/a?q=union+select', 0],
    ['a rule on another path', { ruleId: 942100, pathPrefix: '/cms/', reason: 'r' }, '/a?q=union+select', 403],
    ['a rule on a path that only begins so', { ruleId: 942100, pathPrefix: '/cms/', reason: 'r' }, '/cms/..%2fa?q=union+select', 403],
    ['a tag on a path', { tag: 'attack-sqli', pathPrefix: '/cms/', reason: 'r' }, '/cms/a?q=union+select', 0],
    ['a tag that only begins so', { tag: 'attack-sql', pathPrefix: '/cms/', reason: 'r' }, '/cms/a?q=union+select', 403],
  ])('takes out %s', (_, exception, uri, status) => {
    expect(judge({ exceptions: [exception] }, uri).status).toBe(status);
  });

  it.each<[RuleException, string]>([
    [{ ruleId: 949110, reason: 'r' }, 'exception 1: rule 949110 is needed for any refusal'],
    [{ ruleId: 1, target: 'ARGS:a"\nSecRuleEngine Off', reason: 'r' }, 'is not a target'],
    [{ ruleId: 1, pathPrefix: '/a" "id:1', reason: 'r' }, 'pathPrefix must not hold quotes'],
    [{ ruleId: 1, pathPrefix: '/a\nSecRuleEngine Off', reason: 'r' }, 'pathPrefix must not hold'],
    [{ tag: "a',ctl:ruleEngine=Off", reason: 'r' }, 'the tag holds characters'],
  ])('refuses the exception %j', (exception, reason) => {
    expect(() => rulesetSources(PACK, { ...DEFAULT_SETTINGS.signatures, exceptions: [exception] })).toThrow(reason);
  });

  it("loads the operator's own rules behind the pack, and names their line when they do not compile", () => {
    const own = `SecRule ARGS:own "@streq yes" "id:10,phase:1,deny,status:418,log,msg:'mine'"`;
    expect(judge({ customRules: own }, '/?own=yes')).toEqual({ status: 418, ids: [10] });
    expect(() => judge({ customRules: `\n\nSecRule ARGS "@nothing" "id:11,phase:1"` }, '/')).toThrow(/^custom-rules\.conf:3: /);
  });

  it('has one key for what compiles to the same', () => {
    const { signatures } = DEFAULT_SETTINGS;
    expect(rulesetKey(PACK, { ...signatures })).toBe(rulesetKey(structuredClone(PACK), signatures));
    expect(rulesetKey(PACK, { ...signatures, paranoiaLevel: 2 })).not.toBe(rulesetKey(PACK, signatures));
  });
});
