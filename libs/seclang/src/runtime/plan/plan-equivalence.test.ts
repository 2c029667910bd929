import { describe, expect, it } from '@jest/globals';
import { decodeTables, encodeTables } from '../../artefact/codec.js';
import { compileRuleset } from '../../compiler/compile-ruleset.js';
import { readRuleFiles } from '../../source/read-rule-files.js';
import { readCorpus } from '../../testing/injection-corpora.js';
import { crs3, crs4, type Pack } from '../../testing/packs.js';
import { activateRuleset } from '../activate-ruleset.js';
import type { Ruleset } from '../ruleset.js';
import { Transaction } from '../transaction.js';

interface Sample {
  readonly uri: string;
  readonly type: string;
  readonly body: string;
}

/** The pack as it is compiled, and the same with every rule tried in its order, nothing decided and nothing gated beforehand. */
function bothWays({ setup, rules }: Pack, level: number): { readonly planned: Ruleset; readonly plain: Ruleset } {
  const { sources, resolveFile } = readRuleFiles([setup, ...rules]);
  const levels = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},\\
    setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level}"`;
  const { artefact } = compileRuleset([{ name: 'level.conf', text: `SecRuleEngine On\n${levels}` }, ...sources], { resolveFile });
  const tables = decodeTables(artefact);
  const plan = [0, 1, 2, 3, 4, 5].map((phase) => tables.rules.flatMap((rule, index) => (rule.phase === phase ? [{ rule: index }] : [])));
  const ungated = tables.rules.map((rule) => ({ ...rule, links: rule.links.map((link) => ({ ...link, clauses: [] })) }));
  return { planned: activateRuleset(artefact), plain: activateRuleset(encodeTables({ ...tables, rules: ungated, plan })) };
}

function outcomeOf(ruleset: Ruleset, { uri, type, body }: Sample, sliceMs: number): object {
  const transaction = new Transaction(ruleset, {
    requestId: 'r',
    client: { address: '192.0.2.1', port: 1 },
    server: { address: '192.0.2.2', port: 80 },
    engineMode: 'detection',
    budgetMs: 600_000,
    sliceMs,
  });
  const finish = (): void => {
    while (transaction.isPaused) transaction.resume();
  };
  const headers: [string, string][] = [
    ['Host', 'shop.example'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['Accept', '*/*'],
    ['Cookie', `last=${body.slice(0, 60).replaceAll(/[;\r\n]/g, '')}`],
  ];
  if (body !== '') headers.push(['Content-Type', type], ['Content-Length', String(body.length)]);
  transaction.requestHead({ method: body === '' ? 'GET' : 'POST', uri, protocol: 'HTTP/1.1', headers });
  transaction.evaluatePhase1();
  finish();
  if (body !== '') transaction.requestBody(body, false);
  transaction.evaluatePhase2();
  finish();
  transaction.responseHead({ status: 200, protocol: 'HTTP/1.1', headers: [['Content-Type', 'text/html']] });
  transaction.evaluatePhase3();
  transaction.responseBody(`<title>Index of /${body.slice(0, 40)}</title>`);
  transaction.evaluatePhase4();
  finish();
  transaction.evaluatePhase5();
  return { matches: transaction.matches, wouldBlock: transaction.wouldBlock, scores: transaction.scores };
}

/** Attacks and harmless texts in all the places in which a value can stand. */
function samples(): Sample[] {
  const lines = ['sqli.txt', 'xss.txt', 'benign.txt'].flatMap((name) => {
    const corpus = readCorpus(name);
    return corpus.filter((_, index) => index % Math.ceil(corpus.length / 60) === 0);
  });
  const more = [
    '',
    'a',
    ';cat /etc/passwd',
    '$(id)',
    '../../etc/passwd',
    '%252e%252e%252f',
    'php://input',
    '{{7*7}}',
    '${jndi:ldap://x/a}',
  ];
  return [...lines, ...more].flatMap((line, index): Sample[] => {
    const safe = encodeURIComponent(line.replaceAll('%', '')).replaceAll('%20', '+');
    return [
      { uri: `/a?q=${safe}&n=${index}`, type: '', body: '' },
      index % 2 === 0
        ? { uri: '/form', type: 'application/x-www-form-urlencoded', body: `a=1&${safe}=x&text=${safe}` }
        : { uri: '/api', type: 'application/json', body: JSON.stringify({ id: index, deep: { text: line } }) },
    ];
  });
}

const packs = [crs4(), crs3()].filter((pack): pack is Pack => pack !== null);
const hasCorpora = packs.some(({ name }) => name.includes('4.25'));

(hasCorpora ? describe : describe.skip)('a plan leaves nothing out that could match', () => {
  it.each(packs.flatMap((pack) => [1, 4].map((level) => ({ title: `${pack.name} at level ${level}`, pack, level }))))(
    '$title',
    ({ pack, level }) => {
      const { planned, plain } = bothWays(pack, level);
      const differing = samples().filter(
        (sample) => JSON.stringify(outcomeOf(planned, sample, Infinity)) !== JSON.stringify(outcomeOf(plain, sample, Infinity)),
      );
      expect(differing).toEqual([]);
    },
  );

  it('and comes to the same when it is paused again and again', () => {
    const { planned } = bothWays(packs[0]!, 4);
    const long = {
      uri: '/form',
      type: 'application/x-www-form-urlencoded',
      body: `v=${"x' or 1=1 <b> ".repeat(4000)}&${'a=b c&'.repeat(200)}`,
    };
    expect(outcomeOf(planned, long, 0)).toEqual(outcomeOf(planned, long, Infinity));
  });
});
