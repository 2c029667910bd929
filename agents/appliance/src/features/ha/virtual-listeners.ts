import { existsSync, writeFileSync } from 'node:fs';
import { type Logger, messageOf } from '@phalanx/kit';

const SWITCHES = ['/proc/sys/net/ipv4/ip_nonlocal_bind', '/proc/sys/net/ipv6/ip_nonlocal_bind'];

/**
 * Lets the engine listen on virtual addresses that the box doesn't have at the moment: a policy may name them before the pair stands, and a
 * take-over needs no new listener.
 */
export function allowVirtualListeners(logger: Logger): void {
  for (const path of SWITCHES) {
    try {
      if (existsSync(path)) writeFileSync(path, '1');
    } catch (error) {
      logger.warn('listening on virtual addresses could not be allowed', { path, error: messageOf(error) });
    }
  }
}
