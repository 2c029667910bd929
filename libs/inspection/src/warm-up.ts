import { setImmediate } from 'node:timers/promises';
import { MemoryCollectionStore, Transaction, type Ruleset } from '@phalanx/seclang';

const ROUNDS = 3;
const NOISE_BYTES = 32_768;
const SHORT_NOISES = 60;
/** Milliseconds before others have their turn. */
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
];

/**
 * What hostile texts are like for patterns and transformations: a long value and short ones that end in the middle of anything, of bytes
 * in no order, the same in every run of a seed.
 */
function noise(least: number, most: number, seed: number): Sample {
  let state = seed;
  const byte = (): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return `%${(least + ((state >>> 8) % (most - least + 1))).toString(16).padStart(2, '0')}`;
  };
  const value = (bytes: number): string => Array.from({ length: bytes }, byte).join('');
  const short = Array.from({ length: SHORT_NOISES }, (_, bytes) => `${value(2)}=${value(bytes)}&`).join('');
  return { method: 'POST', uri: '/form', type: FORM, body: `${short}long=${value(NOISE_BYTES)}` };
}

/** Rules of the largest ruleset that has met noise in this process: code that was compiled for one serves the others as well. */
let mostRulesUnderNoise = 0;

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
  const isNoisy = ruleset.ruleCount > mostRulesUnderNoise;
  if (isNoisy) mostRulesUnderNoise = ruleset.ruleCount;
  for (let round = 0; round < ROUNDS; round++) {
    for (const sample of SAMPLES) await lead(sample, ruleset, store);
    if (!isNoisy) continue;
    // New noise in each round: patterns make most of their machines then, rather than during somebody's attack.
    await lead(noise(0x20, 0x7e, round + 1), ruleset, store);
    await lead(noise(0, 0xff, round + 1), ruleset, store);
  }
}

async function lead({ method, uri, type, body }: Sample, ruleset: Ruleset, store: MemoryCollectionStore): Promise<void> {
  const transaction = new Transaction(ruleset, {
    requestId: 'warm-up',
    client: NOBODY,
    server: NOBODY,
    engineMode: 'detection',
    budgetMs: UNLIMITED_MS,
    sliceMs: TURN_MS,
    store,
  });
  const headers: [string, string][] = [
    ['Host', 'shop.example'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['Accept', 'text/html,application/xhtml+xml'],
    ['Cookie', 'session=0123456789abcdef; theme=dark'],
  ];
  if (type !== '') headers.push(['Content-Type', type], ['Content-Length', String(body.length)]);
  transaction.requestHead({ method, uri, protocol: 'HTTP/1.1', headers });
  transaction.evaluatePhase1();
  await finish(transaction);
  if (body !== '') transaction.requestBody(body, false);
  transaction.evaluatePhase2();
  await finish(transaction);
  transaction.responseHead({ status: 200, protocol: 'HTTP/1.1', headers: [['Content-Type', 'text/html']] });
  transaction.evaluatePhase3();
  await finish(transaction);
  transaction.responseBody('<!doctype html><title>Shop</title><p>Item 17</p>');
  transaction.evaluatePhase4();
  await finish(transaction);
  transaction.evaluatePhase5();
}

/** Brings a phase to its end; others have their turn in between, and after it. */
async function finish(transaction: Transaction): Promise<void> {
  await setImmediate();
  while (transaction.isPaused) {
    transaction.resume();
    await setImmediate();
  }
}
