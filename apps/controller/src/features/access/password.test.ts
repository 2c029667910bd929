import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './password.js';

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

describe('a password', () => {
  it('is hashed by argon2id with 19 MiB, two passes and one lane', async () => {
    expect(await hashPassword('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('is right or wrong', async () => {
    const hash = await hashPassword('correct horse');
    expect(await verifyPassword(hash, 'correct horse')).toBe(true);
    expect(await verifyPassword(hash, 'Correct horse')).toBe(false);
  });

  it('takes the same work when there is nobody of that name', async () => {
    const hash = await hashPassword('correct horse');
    expect(await verifyPassword(null, 'nobody has this password')).toBe(false);
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 5; n++) {
      known.push(await millisecondsOf(() => verifyPassword(hash, 'wrong')));
      unknown.push(await millisecondsOf(() => verifyPassword(null, 'wrong')));
    }
    // Generous: the difference that gives a name away is a factor of a hundred.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 4);
  });
});
