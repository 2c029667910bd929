import { describe, expect, it } from '@jest/globals';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import type { Interruption } from '../model/verdict.js';
import { activateRuleset } from './activate-ruleset.js';
import { MemoryCollectionStore } from '../collections/memory-collection-store.js';
import { Transaction, type TransactionOptions } from './transaction.js';

interface Request {
  readonly method?: string;
  readonly uri?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly response?: { readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body: string };
  readonly options?: Partial<TransactionOptions>;
}

interface Outcome {
  readonly verdict: Interruption | null;
  readonly ids: number[];
  readonly transaction: Transaction;
}

function run(rules: string, request: Request = {}): Outcome {
  const ruleset = activateRuleset(compileRuleset([{ name: 'test.conf', text: rules }]).artefact);
  const transaction = new Transaction(ruleset, {
    requestId: 'r-1',
    client: { address: '192.0.2.7', port: 40_000 },
    server: { address: '192.0.2.1', port: 443 },
    engineMode: 'on',
    budgetMs: 5000,
    ...request.options,
  });
  const { method = 'GET', uri = '/', headers = [['Host', 'a.example']], body, response } = request;
  transaction.requestHead({ method, uri, protocol: 'HTTP/1.1', headers });
  let verdict = transaction.evaluatePhase1();
  if (verdict === null && body !== undefined) transaction.requestBody(body, false);
  verdict ??= transaction.evaluatePhase2();
  if (verdict === null && response !== undefined) {
    transaction.responseHead({ status: response.status, protocol: 'HTTP/1.1', headers: response.headers });
    verdict = transaction.evaluatePhase3();
    if (verdict === null) transaction.responseBody(response.body);
    verdict ??= transaction.evaluatePhase4();
  }
  transaction.evaluatePhase5();
  return { verdict, ids: transaction.matches.map(({ id }) => id), transaction };
}

const form = (body: string): Request => ({ method: 'POST', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body });

describe('chains', () => {
  const rules = `SecRule ARGS:a "@streq 1" "id:1,phase:2,deny,status:418,chain,setvar:tx.first=+1"
    SecRule ARGS:b "@streq 2" "setvar:tx.second=1"`;

  it('match when all links match', () => {
    expect(run(rules, { uri: '/?a=1&b=2' }).verdict).toEqual({ action: 'deny', status: 418, ruleId: 1 });
  });

  it('run the actions of a link that matches even if a later one does not', () => {
    const { verdict, transaction } = run(rules, { uri: '/?a=1&b=3' });
    expect(verdict).toBeNull();
    expect(transaction.variable('TX:first')).toBe('1');
    expect(transaction.variable('TX:second')).toBeNull();
  });

  it('of five links pass captures and MATCHED_VARS on', () => {
    const { ids, transaction } = run(
      `SecRule ARGS "@rx ^(x.)$" "id:1,phase:2,pass,log,capture,chain,msg:'%{TX.1} %{MATCHED_VAR_NAME}'"
      SecRule TX:1 "@streq x2" "chain"
      SecRule &MATCHED_VARS "@ge 2" "chain"
      SecRule MATCHED_VARS_NAMES "@streq ARGS:q" "chain"
      SecRule ARGS:p|ARGS:q "@beginsWith x"`,
      { uri: '/?p=x1&q=x2' },
    );
    expect(ids).toEqual([1]);
    expect(transaction.matches[0]?.msg).toBe('x2 ARGS:q');
  });
});

describe('actions', () => {
  it('setvar runs once for each value that matches', () => {
    const { transaction } = run(`SecRule ARGS "@contains x" "id:1,phase:2,pass,setvar:tx.n=+2"`, { uri: '/?a=x&b=y&c=x&d=x' });
    expect(transaction.variable('TX:n')).toBe('6');
  });

  it('setvar sets, adds, subtracts, unsets, and takes macros in value and name', () => {
    const { transaction } = run(
      `SecAction "id:1,phase:1,pass,setvar:tx.a=5,setvar:tx.b=+%{tx.a},setvar:tx.b=-2,setvar:'tx.c_%{REQUEST_METHOD}=m %{tx.b}',setvar:tx.d=1,setvar:!tx.d,setvar:tx.e"`,
    );
    const value = (name: string): string | null => transaction.variable(`TX:${name}`);
    expect([value('a'), value('b'), value('c_get'), value('d'), value('e')]).toEqual(['5', '3', 'm 3', null, '1']);
  });

  it('block takes what SecDefaultAction says for the phase', () => {
    const rules = `SecDefaultAction "phase:2,log,deny,status:406,t:lowercase"
      SecRule ARGS "@streq abc" "id:1,phase:2,block"`;
    expect(run(rules, { uri: '/?x=ABC' }).verdict).toEqual({ action: 'deny', status: 406, ruleId: 1 });
  });

  it('redirect says where to', () => {
    const { verdict } = run(`SecAction "id:1,phase:1,redirect:'https://%{SERVER_NAME}/sorry'"`, { headers: [['Host', 'A.example:8080']] });
    expect(verdict).toEqual({ action: 'redirect', status: 302, ruleId: 1, location: 'https://a.example/sorry' });
  });

  it.each([
    ['allow', null],
    ['allow:request', null],
    ['allow:phase', 3],
  ])('%s decides how far rules are left out', (action, refusedBy) => {
    const { verdict } = run(`SecAction "id:1,phase:1,${action},nolog"\nSecAction "id:2,phase:1,deny"\nSecAction "id:3,phase:2,deny"`);
    expect(verdict?.ruleId ?? null).toBe(refusedBy);
  });

  it('allow:request leaves the response to its rules', () => {
    const response = { status: 200, headers: [], body: '' };
    const { verdict } = run(`SecAction "id:1,phase:1,allow:request,nolog"\nSecAction "id:2,phase:3,deny"`, { response });
    expect(verdict?.ruleId).toBe(2);
  });

  it('skip and skipAfter go on behind rules and markers', () => {
    const { ids } = run(`SecAction "id:1,phase:1,pass,log,skip:1"
      SecAction "id:2,phase:1,pass,log"
      SecAction "id:3,phase:1,pass,log,skipAfter:END"
      SecAction "id:4,phase:1,pass,log"
      SecMarker END
      SecAction "id:5,phase:1,pass,log"`);
    expect(ids).toEqual([1, 3, 5]);
  });

  it('multiMatch sees the value at each step of its transformations', () => {
    const ids = (multi: string, wanted: string): number[] =>
      run(`SecRule ARGS "@streq ${wanted}" "id:1,phase:2,pass,log,${multi}t:none,t:htmlEntityDecode,t:lowercase"`, { uri: '/?a=%26lt%3BB' })
        .ids;
    expect([ids('', '<b'), ids('', '<B'), ids('', '&lt;B')]).toEqual([[1], [], []]);
    expect([ids('multiMatch,', '<b'), ids('multiMatch,', '<B'), ids('multiMatch,', '&lt;B')]).toEqual([[1], [1], [1]]);
  });

  it('negated operators match the values that do not', () => {
    const { transaction } = run(`SecRule ARGS "!@rx ^[0-9]+$" "id:1,phase:2,pass,log"`, { uri: '/?a=1&b=x' });
    expect(transaction.matches).toMatchObject([{ id: 1, matchedVar: 'ARGS:b', matchedBytes: 'x' }]);
  });
});

describe('exclusions', () => {
  const rule = `SecRule ARGS|ARGS_NAMES "@rx evil" "id:10,phase:2,pass,log,tag:'family/x',msg:'Found evil',setvar:tx.n=+1"`;
  const hits = (before: string, after = ''): string | null =>
    run(`${before}\n${rule}\n${after}`, { uri: '/?a=evil&b=evil&evil=1' }).transaction.variable('TX:n');

  it.each([
    ['nothing', '', '', '3'],
    ['a target in the rule itself', '', 'SecRuleUpdateTargetById 10 "!ARGS:a"', '2'],
    ['a pattern of names', '', 'SecRuleUpdateTargetByTag family "!ARGS:/^[ab]$/"', '1'],
    ['targets by message', '', 'SecRuleUpdateTargetByMsg "evil$" "!ARGS"', '1'],
    ['a target put in the place of another', '', 'SecRuleUpdateTargetById 10 "ARGS:b" "ARGS"', '2'],
    ['the rule by id', '', 'SecRuleRemoveById 5-15', null],
    ['the rule by tag', '', 'SecRuleRemoveByTag "^family/"', null],
    ['the rule by message', '', 'SecRuleRemoveByMsg evil', null],
    ['the rule for this transaction', 'SecAction "id:1,phase:1,pass,ctl:ruleRemoveById=10"', '', null],
    ['the rule by tag for this transaction', 'SecAction "id:1,phase:1,pass,ctl:ruleRemoveByTag=family/x"', '', null],
    ['the rule by message for this transaction', 'SecAction "id:1,phase:1,pass,ctl:ruleRemoveByMsg=evil"', '', null],
    ['a target by id for this transaction', 'SecAction "id:1,phase:1,pass,ctl:ruleRemoveTargetById=1-99;ARGS:a"', '', '2'],
    ['a target by tag for this transaction', 'SecAction "id:1,phase:1,pass,ctl:ruleRemoveTargetByTag=family/x;ARGS"', '', '1'],
    ['a pattern by message for this transaction', 'SecAction "id:1,phase:1,pass,ctl:ruleRemoveTargetByMsg=evil;ARGS:/^a/"', '', '2'],
  ])('%s', (_title, before, after, expected) => expect(hits(before, after)).toBe(expected));

  it('SecRuleUpdateActionById changes what a rule does', () => {
    const { verdict } = run(`${rule}\nSecRuleUpdateActionById 10 "deny,status:451"`, { uri: '/?a=evil' });
    expect(verdict).toEqual({ action: 'deny', status: 451, ruleId: 10 });
  });
});

describe('variables', () => {
  it('count members and existing variables', () => {
    const { ids } = run(
      `SecRule &ARGS "@eq 3" "id:1,phase:1,pass,log"
      SecRule &ARGS:a "@eq 2" "id:2,phase:1,pass,log"
      SecRule &TX:none "@eq 0" "id:3,phase:1,pass,log"
      SecRule &REQUEST_HEADERS:host "@eq 1" "id:4,phase:1,pass,log"`,
      { uri: '/?a=1&a=2&b=3' },
    );
    expect(ids).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['REQUEST_URI', '/p/a%20b.php?x=1'],
    ['REQUEST_URI_RAW', 'http://h.example/p/a%20b.php?x=1'],
    ['REQUEST_FILENAME', '/p/a b.php'],
    ['REQUEST_BASENAME', 'a b.php'],
    ['QUERY_STRING', 'x=1'],
    ['REQUEST_LINE', 'GET http://h.example/p/a%20b.php?x=1 HTTP/1.1'],
    ['REQUEST_PROTOCOL', 'HTTP/1.1'],
    ['REMOTE_ADDR', '192.0.2.7'],
    ['UNIQUE_ID', 'r-1'],
    ['REQUEST_COOKIES:b', '2'],
    ['ARGS_COMBINED_SIZE', '2'],
  ])('%s is %s', (name, expected) => {
    const { transaction } = run('', { uri: 'http://h.example/p/a%20b.php?x=1', headers: [['Cookie', 'a=1; b=2']] });
    expect(transaction.variable(name)).toBe(expected);
  });

  it('of bodies come from their processors', () => {
    expect(run('', form('u=%41&v')).transaction.variable('ARGS_POST:u')).toBe('A');
    const json: Request = { method: 'POST', headers: [['Content-Type', 'application/json']], body: '{"a":{"b":[1,"x"]}}' };
    expect(run('', json).transaction.variable('ARGS:json.a.b.1')).toBe('x');
    const broken = run('SecRule REQBODY_ERROR "!@eq 0" "id:1,phase:2,deny,status:400"', { ...json, body: '{"a":' });
    expect(broken.verdict?.status).toBe(400);
    const xml: Request = { method: 'POST', headers: [['Content-Type', 'text/xml']], body: '<a b="v1"><c>t1</c></a>' };
    expect(
      run('SecRule XML:/* "@contains t1" "id:1,phase:2,pass,log"\nSecRule XML://@* "@streq v1" "id:2,phase:2,pass,log"', xml).ids,
    ).toEqual([1, 2]);
  });

  it('of a forced processor replace what the content type asked for', () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"`;
    const { transaction } = run(rules, { method: 'POST', headers: [['Content-Type', 'text/plain']], body: '{"k":"v"}' });
    expect(transaction.variable('ARGS:json.k')).toBe('v');
  });

  it('of the response are seen in phases 3 and 4', () => {
    const response = { status: 500, headers: [['Content-Type', 'text/html; charset=utf-8']] as const, body: 'ORA-00933: SQL' };
    const { ids } = run(
      `SecRule RESPONSE_STATUS "@rx ^5" "id:1,phase:3,pass,log"
      SecRule RESPONSE_HEADERS:content-type "@beginsWith text/html" "id:2,phase:3,pass,log"
      SecRule RESPONSE_CONTENT_TYPE "@streq text/html" "id:3,phase:3,pass,log"
      SecRule RESPONSE_BODY "@rx ORA-\\d{5}" "id:4,phase:4,pass,log"`,
      { response },
    );
    expect(ids).toEqual([1, 2, 3, 4]);
  });

  it('TX names can be picked by a pattern, also those made at run time', () => {
    const { ids, transaction } = run(
      `SecRule ARGS_NAMES "@rx ." "id:1,phase:2,pass,nolog,setvar:'tx.seen_%{MATCHED_VAR}=+1'"
      SecRule TX:/^seen_/ "@gt 1" "id:2,phase:2,pass,log"`,
      { uri: '/?a=1&b=2&a=3' },
    );
    expect(ids).toEqual([2]);
    expect(transaction.matches[0]?.matchedVar).toBe('TX:seen_a');
  });
});

describe('modes', () => {
  const deny = 'SecAction "id:1,phase:1,deny,log"\nSecAction "id:2,phase:2,pass,log"';

  it('detection lets all pass and goes on', () => {
    const { verdict, ids, transaction } = run(deny, { options: { engineMode: 'detection' } });
    expect([verdict, ids, transaction.wouldBlock]).toEqual([null, [1, 2], { action: 'deny', status: 403, ruleId: 1 }]);
  });

  it.each(['SecRuleEngine DetectionOnly', 'SecAction "id:9,phase:1,pass,nolog,ctl:ruleEngine=DetectionOnly"'])('%s likewise', (first) => {
    const { verdict, transaction } = run(`${first}\n${deny}`);
    expect(verdict).toBeNull();
    expect(transaction.wouldBlock?.ruleId).toBe(1);
  });

  it('Off runs nothing', () => expect(run(`SecRuleEngine Off\n${deny}`).ids).toEqual([]));

  it('nolog matches are not listed', () => expect(run('SecAction "id:1,phase:1,pass,nolog"').ids).toEqual([]));
});

describe('the budget', () => {
  it('stops the rules, says which was in hand, and lets no rule after it decide', () => {
    const many = Array.from(
      { length: 400 },
      (_, n) => `SecRule ARGS "@rx [bd][^q]*[0-9][^x]{${n % 50}}q." "id:${n + 1},phase:2,pass,t:none,t:urlDecode,t:lowercase"`,
    );
    const { verdict, transaction } = run(`${many.join('\n')}\nSecAction "id:9999,phase:2,deny"`, {
      ...form(`v=${'b d0'.repeat(40_000)}`),
      options: { budgetMs: 0.5 },
    });
    expect(verdict).toBeNull();
    expect(transaction.budgetExceeded?.ruleId).toBeGreaterThan(0);
  });
});

describe('persistent collections', () => {
  const rules = `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1,expirevar:ip.count=60"
    SecRule IP:count "@gt 2" "id:2,phase:1,deny,status:429"`;

  it('count over transactions, apart for each key, until they expire', () => {
    let clock = 1_000_000;
    const store = new MemoryCollectionStore(10, () => clock);
    const status = (address: string): number | null => {
      const client = { address, port: 1 };
      return run(rules, { options: { store, client } }).verdict?.status ?? null;
    };
    expect([status('192.0.2.1'), status('192.0.2.1'), status('192.0.2.1'), status('192.0.2.2')]).toEqual([null, null, 429, null]);
    clock += 61_000;
    expect(status('192.0.2.1')).toBeNull();
  });

  it('are bounded in number', () => {
    const store = new MemoryCollectionStore(10);
    for (let key = 0; key < 100; key++) store.open('IP', String(key), 1000).add('count', 1);
    expect(store.size).toBe(10);
  });
});
