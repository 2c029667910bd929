import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SocketWriter } from './socket-writer.js';

const PIECE = 'x'.repeat(15_999);
const open: { destroy(): unknown }[] = [];

afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

/** Both ends of a connection; `far` reads nothing yet. */
async function connected(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(near, 'connect');
  const [far] = (await accepted) as [Socket];
  open.push(near, far, { destroy: () => server.close() });
  return { near, far };
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  socket.resume();
  await once(socket, 'end');
  return text;
}

describe('texts written past the stream', () => {
  it('say when the other side takes less, tell when it has taken them, and keep their order with what goes through the stream', async () => {
    const { near, far } = await connected();
    let drains = 0;
    const writer = new SocketWriter(near, () => drains++);
    let expected = '';
    for (let count = 0; !writer.isFull; count++) {
      const text = `${count}:${PIECE}`;
      expected += text;
      expect(writer.writeText(text)).toBe(!writer.isFull);
    }
    expect(writer.hasUnsent).toBe(true);
    expect(writer.writeText('after')).toBe(false);
    expect(writer.write(Buffer.from('a buffer'))).toBe(false);
    expect(writer.writeTogether(['two', Buffer.from(' pieces')])).toBe(false);
    expect(drains).toBe(0);
    const arrived = readAll(far);
    while (writer.isFull) await once(far, 'data');
    expect(drains).toBe(1);
    expect(writer.writeText('last')).toBe(true);
    near.end();
    expect(await arrived).toBe(`${expected}aftera buffertwo pieceslast`);
  });

  it('end with the socket when the other side is gone', async () => {
    const { near, far } = await connected();
    const writer = new SocketWriter(near, () => undefined);
    const closed = new Promise<Error>((resolve) => near.once('error', resolve));
    far.resetAndDestroy();
    while (!near.destroyed) {
      writer.writeText('text');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await closed).message).toMatch(/EPIPE|ECONNRESET/);
    expect(writer.writeText('more')).toBe(false);
  });
});
