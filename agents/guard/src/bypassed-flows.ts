import { isIPv6 } from 'node:net';
import { GUARD_CONNECTION_MARK, type GuardedListener } from '@phalanx/contracts';
import type { RunTool } from './run-tool.js';

const MARK = `${GUARD_CONNECTION_MARK}/${GUARD_CONNECTION_MARK}`;
/** `conntrack` ends so when nothing fitted. */
const NOTHING_FOUND = 1;

/**
 * Makes the kernel forget the bypassed connections of a listener, and answers how many there were. The next packet of such a connection then belongs to
 * none: the box answers it with a reset, and the client comes again, to the engine.
 */
export async function cutFlows({ address, port }: Pick<GuardedListener, 'address' | 'port'>, run: RunTool): Promise<number> {
  const isEverywhere = address === '0.0.0.0' || address === '::';
  const families = isEverywhere ? ['ipv4', 'ipv6'] : [isIPv6(address) ? 'ipv6' : 'ipv4'];
  let cut = 0;
  for (const family of families) {
    const to = isEverywhere ? [] : ['--orig-dst', address];
    const which = ['-D', '-f', family, '-p', 'tcp', ...to, '--orig-port-dst', String(port), '-m', MARK];
    const { stderr } = await run('conntrack', [...which, '--state', 'ESTABLISHED'], { worst: NOTHING_FOUND });
    cut += Number(/(\d+) flow entries/.exec(stderr)?.[1] ?? 0);
    // Those that were beginning or ending don't count as cut, and are gone as well.
    await run('conntrack', which, { worst: NOTHING_FOUND });
  }
  return cut;
}
