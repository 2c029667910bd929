import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AppError } from '@phalanx/kit';

const SWITCHES = ['/proc/sys/net/ipv4/ip_nonlocal_bind', '/proc/sys/net/ipv6/ip_nonlocal_bind'].filter((path) => existsSync(path));

/**
 * Lets the engine listen on virtual addresses that the box doesn't have at the moment, so that a take-over needs no new listener. What stood
 * there before is kept in `memory`.
 */
export function allowVirtualListeners(memory: string): void {
  try {
    if (!existsSync(memory)) writeFileSync(memory, SWITCHES.map((path) => readFileSync(path, 'latin1').trim()).join(' '), { mode: 0o600 });
    for (const path of SWITCHES) writeFileSync(path, '1');
  } catch (cause) {
    throw new AppError('unavailable', 'ha.no-nonlocal-bind', 'listening on virtual addresses could not be allowed', { cause });
  }
}

/** As it was before. */
export function forbidVirtualListeners(memory: string): void {
  if (!existsSync(memory)) return;
  const values = readFileSync(memory, 'latin1').split(' ');
  for (const [index, path] of SWITCHES.entries()) writeFileSync(path, values[index] ?? '0');
  rmSync(memory, { force: true });
}
