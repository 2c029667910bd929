import { AppError, messageOf, sleep } from '@phalanx/kit';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Polls until the check gives something other than false, null or undefined, and returns it. A check that throws counts as not yet;
 * its last reason is in the error. Throws `unavailable` at the deadline (10 s unless said).
 */
export async function waitUntil<T>(
  what: string,
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 25 }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let reason = 'it never held';
  for (;;) {
    try {
      const value = await check();
      if (value !== false && value !== null && value !== undefined) return value;
    } catch (error) {
      reason = messageOf(error);
    }
    if (performance.now() > deadline)
      throw new AppError('unavailable', 'testing.timeout', `${what}: not within ${timeoutMs} ms (${reason})`);
    await sleep(intervalMs);
  }
}
