import { connect } from 'node:net';
import type { EngineStatus } from '@phalanx/contracts';
import { AppError, messageOf } from '@phalanx/kit';

const CONNECT_MS = 2_000;
/** Listening on all addresses means that this one answers. */
const REACHABLE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${CONNECT_MS} ms`)));
    socket.once('error', reject);
  });
}

/** Connects to each of the engine's listeners. Throws `invalid` with the address of one that doesn't answer. */
export async function probeListeners({ listeners }: EngineStatus): Promise<void> {
  await Promise.all(
    listeners.map(async ({ address, port }) => {
      try {
        await reach(REACHABLE[address] ?? address, port);
      } catch (cause) {
        throw new AppError('invalid', 'reconcile.listener', `the listener ${address}:${port} does not answer: ${messageOf(cause)}`, {
          cause,
        });
      }
    }),
  );
}
