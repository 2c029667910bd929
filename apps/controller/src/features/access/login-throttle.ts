import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, sha256Hex } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import { accessConfig } from './access.config.js';
import { LoginAttemptRepository } from './login-attempt.repository.js';

/** The part of an address that one customer line has: all of an IPv4 address, the /64 of an IPv6 one. */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/**
 * Holds guessing down, per account and per source. An attempt is counted before its password is looked at, in a transaction of its own, so that
 * many at once count as many; one that succeeds is taken back.
 */
@Injectable()
export class LoginThrottle {
  constructor(
    private readonly attempts: LoginAttemptRepository,
    private readonly database: Database,
    @Inject(accessConfig.token) private readonly config: ConfigOf<typeof accessConfig>,
  ) {}

  /** Throws `limit` with code `access.throttled` and `retryAfterSeconds` when there were too many. Alike for names that don't exist. */
  async admit(username: string, address: string): Promise<void> {
    const minutes = this.config.PHALANX_LOGIN_WINDOW_MINUTES;
    const [source, account] = await this.database.run(NO_TENANT, async () => [
      await this.attempts.add(sourceKey(address), minutes),
      await this.attempts.add(accountKey(username), minutes),
    ]);
    const waits = [
      source!.failures > this.config.PHALANX_LOGIN_FAILURES_PER_SOURCE ? source!.secondsLeft : 0,
      account!.failures > this.config.PHALANX_LOGIN_FAILURES_PER_ACCOUNT ? account!.secondsLeft : 0,
    ];
    const retryAfterSeconds = Math.max(...waits);
    if (retryAfterSeconds > 0)
      throw new AppError('limit', 'access.throttled', 'too many failed sign-ins; wait and try again', { details: { retryAfterSeconds } });
  }

  /** In the transaction of the sign-in that succeeded. */
  async succeeded(username: string, address: string): Promise<void> {
    await this.attempts.takeBack(sourceKey(address));
    await this.attempts.forget(accountKey(username));
  }
}

function accountKey(username: string): string {
  return sha256Hex(`account:${username}`);
}

function sourceKey(address: string): string {
  return sha256Hex(`source:${sourceOf(address)}`);
}
