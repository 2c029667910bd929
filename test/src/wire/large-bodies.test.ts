import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { residentKb } from '../perf/connections/resident-memory.js';
import { Workbench } from '../peers/workbench.js';
import { download, StreamOrigin, upload } from './large-bodies.js';
import { startStandalone, type StandaloneEngine } from './standalone-engine.js';

jest.setTimeout(180_000);

const GIGABYTE = 1_073_741_824;
/** What the second of each direction moves: all of it in CI. */
const LESS = process.env['CI'] ? GIGABYTE : GIGABYTE / 4;
const WARM_UP = 134_217_728;
const MAX_GROWTH_KB = 65_536;
const SAMPLE_MS = 50;
/** The beginning of every body is judged; what is longer passes on as it comes. */
const RULES = `SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html
SecRequestBodyLimit 1048576
SecRequestBodyNoFilesLimit 1048576
SecRequestBodyLimitAction ProcessPartial
SecResponseBodyLimit 524288
SecResponseBodyLimitAction ProcessPartial
SecRule REQUEST_HEADERS:X-Skip "@streq 1" "id:1,phase:1,pass,nolog,ctl:requestBodyAccess=Off"
SecRule ARGS|REQUEST_BODY|RESPONSE_BODY "@contains EVIL" "id:2,phase:2,deny,status:403,log,msg:'evil'"
`;

describe('a gigabyte through the engine', () => {
  const bench = new Workbench('large');
  const origin = new StreamOrigin();
  let engine: StandaloneEngine;

  beforeAll(async () => {
    await origin.open();
    engine = await startStandalone(bench, 'engine', origin.port, RULES);
  });
  afterAll(async () => {
    await bench.clear();
    await origin.close();
  });

  /** How far the engine's memory rises over what it has after a smaller transfer of the same kind. */
  async function growthKb(total: number, transfer: (bytes: number) => Promise<number>): Promise<number> {
    expect(await transfer(WARM_UP)).toBe(WARM_UP);
    const before = residentKb(engine.child.pid);
    let highest = before;
    const timer = setInterval(() => (highest = Math.max(highest, residentKb(engine.child.pid))), SAMPLE_MS);
    const begun = performance.now();
    try {
      expect(await transfer(total)).toBe(total);
    } finally {
      clearInterval(timer);
    }
    const growth = highest - before;
    console.log(`bytes=${total} growth_kb=${growth} rss_kb=${before} seconds=${((performance.now() - begun) / 1000).toFixed(1)}`);
    return growth;
  }

  it.each([
    ['up by length, beyond what is examined', GIGABYTE, (bytes: number) => upload(engine.port, bytes, 'text/plain', false)],
    ['up in chunks, beyond what is examined', LESS, (bytes: number) => upload(engine.port, bytes, 'application/octet-stream', true)],
    ['down by length, beyond what is examined', LESS, (bytes: number) => download(engine.port, bytes, 'text/html', false)],
    ['down in chunks, unexamined', GIGABYTE, (bytes: number) => download(engine.port, bytes, 'application/octet-stream', true)],
  ] as const)('%s, takes no memory', async (_what, total, transfer) => {
    expect(await growthKb(total, transfer)).toBeLessThan(MAX_GROWTH_KB);
  });
});
