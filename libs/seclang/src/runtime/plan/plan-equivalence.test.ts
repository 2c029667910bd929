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
  /** Another head than the usual one. */
  readonly head?: { readonly method: string; readonly protocol: string; readonly headers: readonly (readonly [string, string])[] };
}

/** The pack as it is compiled, and the same with every rule tried in its order, nothing decided and nothing gated beforehand. */
function bothWays({ setup, rules }: Pack, level: number): { readonly planned: Ruleset; readonly plain: Ruleset } {
  const { sources, resolveFile } = readRuleFiles([setup, ...rules]);
  const levels = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},\\
    setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level}"`;
  const { artefact } = compileRuleset([{ name: 'level.conf', text: `SecRuleEngine On\n${levels}` }, ...sources], { resolveFile });
  const tables = decodeTables(artefact);
  const plan = [0, 1, 2, 3, 4, 5].map((phase) => tables.rules.flatMap((rule, index) => (rule.phase === phase ? [{ rule: index }] : [])));
  const ungated = tables.rules.map((rule) => ({
    ...rule,
    links: rule.links.map((link) => ({ ...link, clauses: [], traits: [], needs: [] })),
  }));
  const plain = activateRuleset(encodeTables({ ...tables, rules: ungated, plan }));
  for (let phase = 0; phase <= 5; phase++)
    plain.plan(phase).steps.forEach((_, position) => (plain.plan(phase).always[position >> 5]! |= 1 << (position & 31)));
  return { planned: activateRuleset(artefact), plain };
}

function outcomeOf(ruleset: Ruleset, { uri, type, body, head }: Sample, sliceMs: number): object {
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
  transaction.requestHead({ method: body === '' ? 'GET' : 'POST', uri, protocol: 'HTTP/1.1', headers, ...head });
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

const HIDDEN = [
  'process.mainModule.require(1)',
  'eval(',
  'Invoke-WebRequest',
  'new Function("a")()',
  'while(true)',
  '_$$ND_FUNC$$_function()',
  "1' or '1'='1' -- ",
  'union select a from b',
  '<script>alert(1)</script>',
  '<a href="java\tscript:x">',
  ';cat /etc/passwd',
  '${jndi:ldap://x/a}',
  '../../etc/passwd',
  '<?php system($_GET[1]);?>',
  ':url(javascript:x)',
  '() { :; }; id',
];

/** Ways to write an attack so that only some transformation shows it. */
const DISGUISES: readonly ((text: string) => string)[] = [
  ...[0, 1, 2].map((shift) => (text: string) => Buffer.from('x'.repeat(shift) + text, 'latin1').toString('base64')),
  (text) => Buffer.from(`\xff${text}\xff`, 'latin1').toString('base64'),
  (text) => Buffer.from(encodeURIComponent(text), 'latin1').toString('base64url'),
  (text) =>
    Buffer.from([...text].join(' '), 'latin1')
      .toString('base64')
      .replace(/(.{5})/g, '$1\n'),
  (text) => [...text].join(' '),
  (text) => [...text].join('\t'),
  (text) => text.replace(/(\w)(?=\w)/g, '$1/**/'),
  (text) => text.replaceAll(' ', '/*\xff*/'),
  (text) => text.replaceAll(' ', '+'),
  (text) => text.replace(/(\w)(?=\w)/g, '$1^'),
  (text) => text.replace(/[(/]/g, ' ;, $&'),
  (text) => text.replaceAll('/', '/./'),
  (text) => text.replace(/[^]/g, (char) => `&#${char.charCodeAt(0)};`),
  (text) => text.replace(/\W/g, (char) => `&#x${char.charCodeAt(0).toString(16)}`),
  (text) => text.replaceAll('<', '&lt').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  (text) => text.replace(/[^]/g, (char) => `%u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
  (text) => text.replace(/\W/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (text) => text.replace(/[^]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`),
  (text) => text.replace(/[^]/g, (char) => `\\${char.charCodeAt(0).toString(16)} `),
  (text) => text.replace(/[!-~]/g, (char) => Buffer.from(String.fromCharCode(char.charCodeAt(0) + 0xfee0)).toString('latin1')),
  (text) => [...text].join('\0'),
];

/** Values with bytes of all kinds, and hidden attacks, wherever a value may stand. */
function nastySamples(count: number): Sample[] {
  const random = new SeededBytes(11);
  const values = [
    ...HIDDEN.flatMap((text) => DISGUISES.map((disguise) => disguise(text))),
    ...Array.from({ length: count }, () => random.text([...NASTY, ...HIDDEN.flatMap((text) => text.match(/\w+|\W+/g) ?? [])], 12)),
  ];
  return values.map((value, index): Sample => {
    const safe = value.replace(/[^]/g, (char) => (/\w/.test(char) ? char : `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`));
    if (index % 3 === 0) return { uri: `/a/${safe}?${safe}=1`, type: '', body: '' };
    if (index % 3 === 1) return { uri: `/a?v=${safe}`, type: '', body: '' };
    return {
      uri: '/form',
      type: 'application/x-www-form-urlencoded',
      body: value.includes('%') ? `v=${safe}` : `v=${value.replaceAll('&', '%26')}`,
    };
  });
}

const NASTY = [
  ...'aZ09 \t\n\0/\\.%+&#;*-<>!"\'^,()[]{}$|`=:?@~_\x01\x7f\xa0\xbc\xe9',
  '/*',
  '*/',
  '&lt',
  '&#x',
  '%u00',
  '\\u00',
  '../',
  '--',
  'x',
];

/** Texts of pieces, the same in every run. */
class SeededBytes {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  text(pieces: readonly string[], length: number): string {
    return Array.from({ length }, () => pieces[this.below(pieces.length)]).join('');
  }

  below(bound: number): number {
    return this.#next() % bound;
  }

  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state >>> 8;
  }
}

/** Heads with fields missing, empty, twice, or at odds with each other. */
function oddHeads(): Sample[] {
  const lines: readonly (readonly [string, string])[] = [
    ['Host', 'shop.example'],
    ['Host', ''],
    ['Host', '192.0.2.2:80'],
    ['User-Agent', ''],
    ['User-Agent', 'Mozilla/5.0 (internal dummy connection)'],
    ['Accept', ''],
    ['Accept', '*/*'],
    ['Content-Length', '0'],
    ['Content-Length', '7x'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Type', 'text/plain'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Proxy', 'a'],
    ['x-msc_', 'b'],
    ['Request-Range', 'bytes=1-2'],
    ['Cookie', 'a[file]=1; b=2'],
  ];
  const random = new SeededBytes(5);
  return Array.from({ length: 250 }, (): Sample => {
    const headers = lines.filter(() => random.below(3) === 0).flatMap((line) => (random.below(8) === 0 ? [line, line] : [line]));
    const method = ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE', ''][random.below(6)]!;
    const protocol = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9'][random.below(4)]!;
    const body = random.below(3) === 0 ? 'a=1' : '';
    return { uri: ['/', '/a.bak', '/a/%63.php?x=1', '*'][random.below(4)]!, type: '', body, head: { method, protocol, headers } };
  });
}

/** Attacks where values are known once they came twice: names of parameters and cookies, headers that browsers repeat, the method. */
function repeatedSamples(): Sample[] {
  const texts = [...HIDDEN, ...HIDDEN.map((text) => Buffer.from(text, 'latin1').toString('base64')), '%252e%252e%252f', 'from', 'select'];
  return texts.flatMap((text): Sample[] => {
    const safe = encodeURIComponent(text);
    const head = { method: 'GET', protocol: 'HTTP/1.1' };
    return [
      { uri: `/a?${safe}=1`, type: '', body: '' },
      { uri: '/form', type: 'application/x-www-form-urlencoded', body: `${safe}=1&b=2` },
      { uri: '/', type: '', body: '', head: { ...head, headers: [['Cookie', `${text.replaceAll(/[;=]/g, '')}=1; b=${safe}`]] } },
      { uri: '/', type: '', body: '', head: { ...head, headers: [['User-Agent', text], ['Accept', safe], ['Host', text]] } }, // prettier-ignore
      { uri: '/', type: '', body: '', head: { ...head, method: text, headers: [[text.replaceAll(/\W/g, ''), 'x']] } },
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
      const differing = [...samples(), ...oddHeads()].filter(
        (sample) => JSON.stringify(outcomeOf(planned, sample, Infinity)) !== JSON.stringify(outcomeOf(plain, sample, Infinity)),
      );
      expect(differing).toEqual([]);
    },
  );

  it.each(packs.flatMap((pack) => [1, 4].map((level) => ({ title: `${pack.name} at level ${level}`, pack, level }))))(
    '$title, of hidden attacks and of bytes without sense',
    ({ pack, level }) => {
      const { planned, plain } = bothWays(pack, level);
      // Level 4 has all rules of level 1 too: there a few tell that the plans are the same.
      const samples = nastySamples(200).filter((_, index) => level === 4 || index % 4 === 0);
      const outcomes = samples.map((sample) => [outcomeOf(planned, sample, Infinity), outcomeOf(plain, sample, Infinity), sample]);
      expect(outcomes.filter(([planned, plain]) => JSON.stringify(planned) !== JSON.stringify(plain))).toEqual([]);
      expect(outcomes.filter(([planned]) => (planned as { matches: readonly unknown[] }).matches.length > 0).length).toBeGreaterThan(
        samples.length / 4,
      );
    },
  );

  it.each(packs.map((pack) => ({ title: pack.name, pack })))('$title, of values that come again and again', ({ pack }) => {
    const { planned, plain } = bothWays(pack, 4);
    const outcomes = repeatedSamples().map((sample) => {
      const again = [1, 2, 3, 4].map(() => JSON.stringify(outcomeOf(planned, sample, Infinity)));
      return { sample, outcome: JSON.stringify(outcomeOf(plain, sample, Infinity)), again };
    });
    expect(outcomes.filter(({ outcome, again }) => again.some((one) => one !== outcome))).toEqual([]);
    expect(new Set(outcomes.map(({ outcome }) => outcome)).size).toBeGreaterThan(30);
  });

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
