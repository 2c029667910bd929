import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { crsPack, freePort, sharedData } from '@phalanx/testing';
import { AnswerReader } from '../peers/answer-reader.js';
import { Workbench } from '../peers/workbench.js';
import { serverCertificate } from '../scenarios/certificates.js';
import { attackBody, type AttackBody } from './attack-bodies.js';
import { CountingOrigin } from './counting-origin.js';
import { startWireHome } from './wire-home.js';

// Compiling all of CRS takes its time on a busy machine.
jest.setTimeout(180_000);

const LANES = 8;
const ANSWER_MS = 30_000;
/** Streams of one HTTP/2 connection. */
const STREAMS = 25;

/** Sends a request whose last piece leaves after all others were handed to the network. Gives the status. */
function sendHttp1(port: number, body: AttackBody, isChunked: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reader = new AnswerReader('POST');
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!reader.push(bytes)) return;
      socket.destroy();
      resolve(reader.status);
    });
    const length = body.pieces.join('').length;
    const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    const framed = isChunked ? body.pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`) : body.pieces;
    const head = `POST /order HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nContent-Type: ${body.type}\r\n${framing}\r\n\r\n`;
    socket.write(head + framed.slice(0, -1).join(''), () =>
      setImmediate(() => socket.write(`${framed.at(-1)}${isChunked ? '0\r\n\r\n' : ''}`)),
    );
  });
}

function sendHttp2(session: ClientHttp2Session, body: AttackBody): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/order',
      ':authority': 'shop.example',
      'user-agent': 'Mozilla/5.0',
      accept: '*/*',
      'content-type': body.type,
    });
    stream.setTimeout(ANSWER_MS, () => stream.destroy(new Error('no answer')));
    stream.on('error', reject);
    stream.on('response', (headers) => resolve(Number(headers[':status'])));
    stream.resume();
    for (const piece of body.pieces.slice(0, -1)) stream.write(piece);
    setImmediate(() => stream.end(body.pieces.at(-1)));
  });
}

/** Runs numbered jobs, a few at a time, and counts their results. */
async function tally(from: number, to: number, run: (n: number) => Promise<number>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const status = await run(next++);
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return counts;
}

const crs = sharedData('crs-4.25.1');

(crs === null ? describe.skip : describe)('a thousand requests whose attack is in the last piece of the body', () => {
  const bench = new Workbench('refused');
  const origin = new CountingOrigin();
  let plainPort = 0;
  let tlsPort = 0;

  beforeAll(async () => {
    await origin.open();
    [plainPort, tlsPort] = [await freePort(), await freePort()];
    const { certificatePem, privateKeyPem } = await serverCertificate('shop.example');
    const pack = crsPack({ rules: join(crs ?? '', 'rules'), setup: join(crs ?? '', 'crs-setup.conf.example'), packVersion: '4.25.1' });
    const ports = [
      { port: plainPort, certificate: null },
      { port: tlsPort, certificate: { certificatePem, privateKeyPem } },
    ];
    await startWireHome(bench, 'engine', { ports, originPort: origin.port, pack });
  });
  afterAll(async () => {
    await bench.clear();
    await origin.close();
  });

  const nothingSeen = (): void => expect({ connections: origin.connections, bytes: origin.bytes }).toEqual({ connections: 0, bytes: 0 });

  it('are refused by length, and the origin sees nothing of them', async () => {
    expect(await tally(0, 400, (n) => sendHttp1(plainPort, attackBody(n), false))).toEqual({ 403: 400 });
    nothingSeen();
  });

  it('are refused in chunks, and the origin sees nothing of them', async () => {
    expect(await tally(400, 700, (n) => sendHttp1(plainPort, attackBody(n), true))).toEqual({ 403: 300 });
    nothingSeen();
  });

  it('are refused over HTTP/2, and the origin sees nothing of them', async () => {
    let refused = 0;
    for (let from = 700; from < 1000; from += STREAMS) {
      const session = connectHttp2(`https://127.0.0.1:${tlsPort}`, { rejectUnauthorized: false, servername: 'shop.example' });
      session.on('error', () => undefined);
      const counts = await tally(from, from + STREAMS, (n) => sendHttp2(session, attackBody(n)));
      refused += counts[403] ?? 0;
      expect(counts).toEqual({ 403: STREAMS });
      session.destroy();
    }
    expect(refused).toBe(300);
    nothingSeen();
  });

  it('differ from harmless ones by their last piece only, which the origin gets', async () => {
    const harmless = { ...attackBody(3), pieces: [...attackBody(3).pieces.slice(0, -1), 'note=thanks'] };
    expect(await sendHttp1(plainPort, harmless, false)).toBe(200);
    expect(await sendHttp1(plainPort, harmless, true)).toBe(200);
    expect(origin.connections).toBeGreaterThan(0);
  });
});
