import type { Ruleset } from './ruleset.js';
import { Transaction } from './transaction.js';

const HERE = { address: '127.0.0.1', port: 0 };
const HEADERS = [
  ['Host', 'localhost'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['Accept-Language', 'en;q=0.7'],
  ['Cookie', 'session=0123456789abcdef; theme=dark'],
] as const;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const SAMPLES = [
  { method: 'GET', uri: '/shop/items.html?id=12&sort=Price&q=red+shoes%20(40)', contentType: '', body: '' },
  { method: 'POST', uri: '/login', contentType: FORM, body: "name=Anna+O'Hara&note=Hello%2C+all;+it's+%3Cb%3Efine%3C%2Fb%3E&n=1" },
  { method: 'POST', uri: '/api/orders', contentType: JSON_TYPE, body: '{"items":[{"id":7,"name":"A & B","price":"$5"}],"path":"/a/../b"}' },
] as const;

/**
 * Puts sample transactions through a ruleset, so that the patterns most requests meet are made ready before the first client waits
 * for them. Takes some tens of milliseconds; nothing of the samples is kept, persistent collections aren't touched.
 */
export function warmUpRuleset(ruleset: Ruleset): void {
  const store = {
    open: () => ({ get: () => undefined, set: () => undefined, delete: () => undefined, expire: () => undefined, entries: () => [] }),
  };
  for (const { method, uri, contentType, body } of SAMPLES) {
    const transaction = new Transaction(ruleset, {
      requestId: 'warm-up',
      client: HERE,
      server: HERE,
      engineMode: 'detection',
      budgetMs: 10_000,
      store,
    });
    const headers =
      contentType === '' ? HEADERS : [...HEADERS, ['Content-Type', contentType] as const, ['Content-Length', String(body.length)] as const];
    transaction.requestHead({ method, uri, protocol: 'HTTP/1.1', headers });
    transaction.evaluatePhase1();
    if (body !== '') transaction.requestBody(body, false);
    transaction.evaluatePhase2();
    transaction.responseHead({ status: 200, protocol: 'HTTP/1.1', headers: [['Content-Type', 'text/html']] });
    transaction.evaluatePhase3();
    transaction.responseBody('<html><body><h1>Hello</h1></body></html>');
    transaction.evaluatePhase4();
    transaction.evaluatePhase5();
  }
}
