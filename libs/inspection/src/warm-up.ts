import { setImmediate } from 'node:timers/promises';
import { MemoryCollectionStore, Transaction, type Ruleset } from '@phalanx/seclang';

const ROUNDS = 3;
/** So long patterns are prepared before others have their turn. */
const TURN_MS = 1;
const UNLIMITED_MS = 3_600_000;
const NOBODY = { address: '192.0.2.1', port: 1 };

interface Sample {
  readonly method: string;
  readonly uri: string;
  readonly type: string;
  readonly body: string;
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * Requests that lead through most of a pack: parameters, forms, JSON, texts that rules look at twice, and longer ones of the kinds that
 * make patterns build most of their machines.
 */
const SAMPLES: readonly Sample[] = [
  { method: 'GET', uri: '/shop/item?id=17&color=blue&q=running+shoes', type: '', body: '' },
  { method: 'GET', uri: "/?id=1'+or+1=1--&file=../../etc/passwd", type: '', body: '' },
  { method: 'POST', uri: '/form', type: FORM, body: 'name=O%27Neil&text=select+<b>all</b>+from+here' },
  { method: 'POST', uri: '/api', type: 'application/json', body: '{"a":{"b":"<script>alert(1)</script>; cat /etc/passwd"}}' },
  {
    method: 'POST',
    uri: '/form',
    type: FORM,
    body: `prose=${'the+parcel+arrived+early+and+every+piece+was+packed+well+in+time+'.repeat(30)}`,
  },
  { method: 'POST', uri: '/form', type: FORM, body: `marks=${encodeURIComponent(`"'\`()[]{}<>;|&$#@!*-/\\^~%=, .:?_+\n`.repeat(40))}` },
  {
    method: 'POST',
    uri: '/form',
    type: FORM,
    body: `bytes=${Array.from({ length: 2048 }, (_, at) => escaped((at * 167 + (at >> 3) * 89) & 0xff)).join('')}`,
  },
];

function escaped(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`;
}

/**
 * Prepares a ruleset that is about to be used: the machines of its patterns are made, and made-up requests are led through it, since the
 * first real one would otherwise take hundreds of times as long as the next. Lets other work run in between.
 */
export async function warmUp(ruleset: Ruleset): Promise<void> {
  let turnMs = performance.now();
  for (const _ of ruleset.prepare()) {
    if (performance.now() - turnMs < TURN_MS) continue;
    await setImmediate();
    turnMs = performance.now();
  }
  const store = new MemoryCollectionStore();
  for (let round = 0; round < ROUNDS; round++) {
    for (const sample of SAMPLES) {
      for (const step of stepsOf(ruleset, sample, store)) {
        step();
        // At first each phase compiles its patterns: what waits meanwhile is not to wait for all of them.
        if (round === 0) await setImmediate();
      }
      if (round > 0) await setImmediate();
    }
  }
}

function stepsOf(ruleset: Ruleset, { method, uri, type, body }: Sample, store: MemoryCollectionStore): readonly (() => void)[] {
  const options = { requestId: 'warm-up', client: NOBODY, server: NOBODY, engineMode: 'detection', budgetMs: UNLIMITED_MS, store } as const;
  const transaction = new Transaction(ruleset, options);
  const headers: [string, string][] = [
    ['Host', 'shop.example'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['Accept', 'text/html,application/xhtml+xml'],
    ['Cookie', 'session=0123456789abcdef; theme=dark'],
  ];
  if (type !== '') headers.push(['Content-Type', type], ['Content-Length', String(body.length)]);
  return [
    () => {
      transaction.requestHead({ method, uri, protocol: 'HTTP/1.1', headers });
      transaction.evaluatePhase1();
    },
    () => {
      if (body !== '') transaction.requestBody(body, false);
      transaction.evaluatePhase2();
    },
    () => {
      transaction.responseHead({ status: 200, protocol: 'HTTP/1.1', headers: [['Content-Type', 'text/html']] });
      transaction.evaluatePhase3();
      transaction.responseBody('<!doctype html><title>Shop</title><p>Item 17</p>');
      transaction.evaluatePhase4();
      transaction.evaluatePhase5();
    },
  ];
}
