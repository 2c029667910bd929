import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { AppError } from '@phalanx/kit';
import { freePort } from '@phalanx/testing';
import { Client } from 'pg';
import { startFailure } from './start-failure.js';

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a start that fails', () => {
  it('says in one line what the reader can mend', async () => {
    const port = await freePort();
    const refused = await thrownBy(() => new Client(`postgres://a:b@127.0.0.1:${port}/c`).connect());
    expect(startFailure(refused, '')).toEqual({
      text: `connect ECONNREFUSED 127.0.0.1:${port}: is the server of DATABASE_URL running there?`,
      exitCode: 1,
    });
    const first = createServer().listen(port, '127.0.0.1');
    const taken = await new Promise((resolve) =>
      first.once('listening', () => createServer().listen(port, '127.0.0.1').on('error', resolve)),
    );
    first.close();
    expect(startFailure(taken, '').text).toBe(
      `listen EADDRINUSE: address already in use 127.0.0.1:${port}: free the port, or set PHALANX_PORT to another one (0 takes a free one)`,
    );
    expect(startFailure(new AppError('unavailable', 'broker.not-prepared', 'run prepare first'), '')).toEqual({
      text: 'run prepare first',
      exitCode: 1,
    });
  });

  it('shows the usage for an option that it does not know', async () => {
    const unknown = await thrownBy(() => parseArgs({ args: ['--foo'], options: {} }));
    expect(startFailure(unknown, 'usage: x')).toEqual({ text: expect.stringMatching(/--foo[^]*\nusage: x$/), exitCode: 2 });
  });

  it('keeps the stack of what nobody foresaw', () => {
    expect(startFailure(new TypeError('x is not a function'), '').text).toMatch(/TypeError: x is not a function\n +at /);
    expect(startFailure(new AppError('bug', 'a.b', 'never'), '').text).toMatch(/\n +at /);
  });
});
