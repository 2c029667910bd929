import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Listening on all addresses means that this one answers. */
const REACHABLE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * - `answers`: somebody took the connection and closed it
 * - `refused`: nobody listens, or whoever listened died
 * - `silent`: the connection stands, and nobody took it before the deadline
 * - `elsewhere`: the address isn't on this box now: a connection would reach the peer's engine
 */
export type ProbeResult = 'answers' | 'refused' | 'silent' | 'elsewhere';

/**
 * Whether a listener's process works, not only its socket: says at once that it has nothing to say, and waits for the other side to hang up. This is no
 * request: nothing is inspected, logged or sent to an origin. Connections of the box to itself never pass the guard's rules.
 */
export function probeListener(address: string, port: number, deadlineMs: number): Promise<ProbeResult> {
  const host = REACHABLE[address] ?? address;
  if (!isOwn(host)) return Promise.resolve('elsewhere');
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    const timer = setTimeout(() => finish('silent'), deadlineMs);
    const finish = (result: ProbeResult) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => socket.end());
    socket.once('end', () => finish('answers'));
    socket.once('error', () => finish('refused'));
    socket.resume();
  });
}

function isOwn(host: string): boolean {
  if (host === '::1' || host.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((entries) => entries?.some(({ address }) => address === host));
}
