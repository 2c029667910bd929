import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ProxyBench } from '../fixtures/bench.js';
import { ScriptedOrigin } from '../fixtures/origin.js';
import { keeper, until } from '../fixtures/patience.js';
import { RawClient, type RawAnswer } from '../fixtures/raw-client.js';
import { POISON, RESPONSE_CASES } from './corpus/responses.js';

const keep = keeper();
const SECOND = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond';
const request = (method: string): string => `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;

/** An origin whose first answer is the case's; every later request gets the second answer. */
function originOf(first: (socket: Socket) => void): ScriptedOrigin {
  let answered = 0;
  return keep(
    new ScriptedOrigin((socket, text, connection) => {
      const requests = text.split('\r\n\r\n').length - 1;
      const before = connection === 0 ? 1 : 0;
      if (answered === 0) first(socket);
      else if (requests > before) socket.write(SECOND);
      answered += 1;
    }),
  );
}

/** The answer after interim ones. */
async function finalAnswer(client: RawClient, isHead: boolean): Promise<RawAnswer> {
  for (;;) {
    const answer = await client.answer(isHead);
    if (answer.status >= 200) return answer;
  }
}

describe('the corpus of answers', () => {
  it.each(RESPONSE_CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const origin = originOf((socket) => {
      socket.write(Buffer.from(one.answer, 'latin1'));
      if (one.isClosed) socket.end();
    });
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    client.send(request(one.method));
    if (one.expect.kind === 'broken') await client.ended();
    const answer = one.expect.kind === 'broken' ? null : await finalAnswer(client, one.method === 'HEAD');
    const { outcome } = proxy.endings[0] ?? {};
    if (one.expect.kind === 'relayed') {
      expect([answer?.status, answer?.body]).toEqual([one.expect.status, one.expect.body]);
      expect(outcome).toMatchObject({ kind: 'answered' });
    } else if (one.expect.kind === 'replaced') {
      expect(answer?.status).toBe(one.expect.status);
      expect(outcome).toEqual({ kind: 'failed', status: one.expect.status, reason: one.expect.reason });
    } else {
      client.take();
      expect(outcome).toMatchObject({ kind: 'aborted', by: 'origin' });
    }
    expect(client.received).toBe('');
    const other = keep(await RawClient.open(proxy.port));
    other.send(request('GET'));
    expect((await other.answer()).body).toBe('second');
    expect(origin.received).toHaveLength(one.isKept ? 1 : 2);
  });

  it.each(['', 'HTTP/1.1 200 OK\r\n', '\r\n'])('bytes that come later on an idle connection are nobody’s answer (%j)', async (prefix) => {
    let first: Socket | null = null;
    const origin = originOf((socket) => {
      first = socket;
      socket.write(SECOND);
    });
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    client.send(request('GET'));
    expect((await client.answer()).body).toBe('second');
    expect(proxy.server.stats().upstreams[0]?.idle).toBe(1);
    (first as Socket | null)?.write(`${prefix}${POISON}`);
    await until(() => proxy.server.stats().upstreams[0]?.idle === 0);
    client.send(request('GET'));
    expect((await client.answer()).body).toBe('second');
    expect(origin.received).toHaveLength(2);
  });

  it('an answer before the request was sent whole is not followed by another on that connection', async () => {
    const origin = originOf((socket) => socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n'));
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(413);
    const other = keep(await RawClient.open(proxy.port));
    other.send(request('GET'));
    expect((await other.answer()).body).toBe('second');
    expect(origin.received).toHaveLength(2);
  });
});
