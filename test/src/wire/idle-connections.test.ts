import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@phalanx/testing';
import { residentKb } from '../perf/connections/resident-memory.js';
import { AnswerReader } from '../peers/answer-reader.js';
import { Workbench } from '../peers/workbench.js';
import { CountingOrigin } from './counting-origin.js';
import { startStandalone, type StandaloneEngine } from './standalone-engine.js';

jest.setTimeout(120_000);

/** `npm run bench -- connections` does it with 15,000 and all of CRS. */
const CONNECTIONS = 4_000;
const WARM_UP = 1_000;
const AT_A_TIME = 50;
const MAX_KB = 12;
const ANSWER_MS = 30_000;
const LOOK_EVERY_MS = 250;
const SETTLED_WITHIN_MS = 10_000;
const REQUEST =
  'GET /garden?q=lantern HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/html\r\nCookie: a=b\r\n\r\n';
const RULES = `SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@contains EVIL" "id:1,phase:2,deny,status:403,log,msg:'evil'"
`;

describe('idle keep-alive connections', () => {
  const bench = new Workbench('idle');
  const origin = new CountingOrigin();
  const sockets = new Set<Socket>();
  let engine: StandaloneEngine;

  beforeAll(async () => {
    await origin.open();
    engine = await startStandalone(bench, 'engine', origin.port, RULES);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await bench.clear();
    await origin.close();
  });

  /** Connects and has one request answered. */
  function open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: engine.port, host: '127.0.0.1', noDelay: true });
      const reader = new AnswerReader('GET');
      sockets.add(socket);
      socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')));
      socket.on('error', reject);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', (bytes) => {
        if (!reader.push(bytes)) return;
        socket.setTimeout(0);
        if (reader.status === 200) resolve();
        else reject(new Error(`answered ${reader.status}`));
      });
      socket.write(REQUEST);
    });
  }

  async function openAll(count: number): Promise<void> {
    let left = count;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await open();
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  }

  /** Resident memory once it stays within half a percent. */
  async function settledKb(): Promise<number> {
    let last = 0;
    const isSettled = (): boolean => {
      const now = residentKb(engine.child.pid);
      const isCalm = Math.abs(now - last) < now * 0.005;
      last = now;
      return isCalm;
    };
    await waitUntil('memory to settle', isSettled, { timeoutMs: SETTLED_WITHIN_MS, intervalMs: LOOK_EVERY_MS });
    return last;
  }

  it(`take at most ${MAX_KB} kB of resident memory each`, async () => {
    await openAll(WARM_UP);
    const before = await settledKb();
    await openAll(CONNECTIONS);
    const after = await settledKb();
    expect(sockets.size).toBe(WARM_UP + CONNECTIONS);
    const perConnection = (after - before) / CONNECTIONS;
    console.log(`kb_per_idle_connection=${perConnection.toFixed(2)} rss_kb=${before}`);
    expect(perConnection).toBeLessThan(MAX_KB);
  });
});
