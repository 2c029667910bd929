import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EngineAnswer, EngineRequest, EngineStatus } from '@phalanx/contracts';
import { SocketEngineLink } from './socket-engine-link.js';

const STATUS: EngineStatus = { version: '0.1.0', pid: 1, workersWanted: 1, workers: [], expected: null, listeners: [] };

describe('the link to the engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'phalanx-engine-'));
  const path = join(folder, 'control.sock');
  let server: Server | null = null;
  let link: SocketEngineLink;
  const sockets = new Set<Socket>();

  /** An engine that answers each request as the function says. */
  async function engine(answer: (request: EngineRequest, socket: Socket) => EngineAnswer | null): Promise<void> {
    rmSync(path, { force: true });
    server = createServer((socket) => {
      sockets.add(socket);
      let rest = '';
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          const given = answer(JSON.parse(line) as EngineRequest, socket);
          if (given) socket.write(`${JSON.stringify(given)}\n`);
        }
      });
    });
    await new Promise<void>((resolve) => server!.listen(path, resolve));
  }

  function stopEngine(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server?.close();
    server = null;
  }

  beforeEach(() => {
    link = new SocketEngineLink(path);
  });
  afterEach(() => {
    link.close();
    stopEngine();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('matches answers to questions, in whatever order they come', async () => {
    const held: EngineAnswer[] = [];
    await engine(({ id }, socket) => {
      held.unshift({ id, ok: true, status: { ...STATUS, pid: id } });
      if (held.length === 3) for (const answer of held) socket.write(`${JSON.stringify(answer)}\n`);
      return null;
    });
    const answers = await Promise.all([link.status(), link.status(), link.status()]);
    expect(answers.map((status) => status.pid)).toEqual([1, 2, 3]);
  });

  it('hands on the engine’s own reason when it refuses', async () => {
    await engine(({ id }) => ({ id, ok: false, code: 'seclang.syntax', message: 'a.conf:3: unknown operator' }));
    await expect(link.load('staged')).rejects.toMatchObject({
      kind: 'invalid',
      code: 'seclang.syntax',
      message: 'a.conf:3: unknown operator',
    });
  });

  it('says at once that there is no engine, and finds it when it is back', async () => {
    await expect(link.status()).rejects.toMatchObject({ kind: 'unavailable', code: 'engine.unreachable' });
    await engine(({ id }) => ({ id, ok: true, status: STATUS }));
    expect(await link.status()).toEqual(STATUS);
    stopEngine();
    await expect(link.status()).rejects.toMatchObject({ kind: 'unavailable' });
    await engine(({ id }) => ({ id, ok: true, status: STATUS }));
    expect(await link.status()).toEqual(STATUS);
  });

  it('does not take rubbish for an answer', async () => {
    await engine((_, socket) => {
      socket.write('rubbish\n');
      return null;
    });
    await expect(link.status()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
