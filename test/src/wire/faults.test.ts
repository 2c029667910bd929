import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@phalanx/testing';
import { Workbench } from '../peers/workbench.js';
import { CountingOrigin } from './counting-origin.js';
import { startStandalone, type StandaloneEngine } from './standalone-engine.js';

jest.setTimeout(120_000);

const H = 'Host: shop.example\r\n';
const POST = `POST / HTTP/1.1\r\n${H}`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const NEXT = `GET /smuggled HTTP/1.1\r\n${H}\r\n`;
const RULES = `SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@contains EVIL" "id:1,phase:2,deny,status:403,log,msg:'evil'"
`;

/** What no origin may get, each with the status it is answered with. `libs/proxy/src/wire` has them all. */
const FAULTS: readonly [name: string, bytes: string, status: number][] = [
  ['a length beside chunks', `${POST}Content-Length: 6\r\n${CHUNKED}\r\n0\r\n\r\nG${NEXT}`, 400],
  ['a coding in disguise', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${NEXT}`, 400],
  ['two lengths', `${POST}Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde`, 400],
  ['a bare LF', `GET / HTTP/1.1\n${H}\n`, 400],
  ['a folded field', `GET / HTTP/1.1\r\n${H}X: 1\r\n Y: 2\r\n\r\n`, 400],
  ['a NUL', `GET / HTTP/1.1\r\n${H}X: \0\r\n\r\n`, 400],
  ['a wrong chunk size', `${POST}${CHUNKED}\r\nZ\r\n\r\n${NEXT}`, 400],
  ['a framing field in trailers', `${POST}${CHUNKED}\r\n0\r\nContent-Length: 9\r\n\r\n${NEXT}`, 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a blank in the target', `GET /a b HTTP/1.1\r\n${H}\r\n${NEXT}`, 400],
  ['no version', `GET /\r\n${H}\r\n`, 400],
  ['a version of another time', `GET / HTTP/3.0\r\n${H}\r\n`, 505],
  ['a tunnel', 'CONNECT b:80 HTTP/1.1\r\nHost: b:80\r\n\r\n', 405],
  ['an unknown expectation', `${POST}Expect: more\r\nContent-Length: 1\r\n\r\nx`, 417],
  ['too many fields', `GET / HTTP/1.1\r\n${H}${'X: 1\r\n'.repeat(300)}\r\n`, 431],
  ['a target without end', `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${H}\r\n`, 414],
];

/** Everything that comes back until the close. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error('the connection was not ended')));
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(text);
    });
  });
}

describe('a fault of the wire before the engine', () => {
  const bench = new Workbench('faults');
  const origin = new CountingOrigin();
  let engine: StandaloneEngine;

  beforeAll(async () => {
    await origin.open();
    engine = await startStandalone(bench, 'engine', origin.port, RULES);
  });
  afterAll(async () => {
    await bench.clear();
    await origin.close();
  });

  const audited = (): { status: number; action: string }[] =>
    readFileSync(join(bench.folder, 'engine.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { status: number; action: string });

  it.each(FAULTS)('such as %s is refused once, ends the connection and has its audit line', async (_name, bytes, status) => {
    const before = audited().length;
    const answer = await exchange(engine.port, bytes);
    expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual([`HTTP/1.1 ${status}`]);
    await waitUntil('the audit line', () => audited().length > before, { timeoutMs: 5_000 });
    expect(audited().slice(before)).toMatchObject([{ status, action: 'block' }]);
    expect({ connections: origin.connections, bytes: origin.bytes }).toEqual({ connections: 0, bytes: 0 });
  });
});
