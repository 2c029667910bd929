import { connect } from 'node:net';
import type { EngineStatus } from '@phalanx/contracts';
import { AppError, messageOf } from '@phalanx/kit';
import { reachableListeners } from '../../platform/reachable-listeners.js';

const CONNECT_MS = 2_000;

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

/** Connects to each of the engine's listeners that is this box's now. Throws `invalid` with the address of one that doesn't answer. */
export async function probeListeners(status: EngineStatus): Promise<void> {
  await Promise.all(
    reachableListeners(status).map(async ({ host, port }) => {
      try {
        await reach(host, port);
      } catch (cause) {
        throw new AppError('invalid', 'reconcile.listener', `the listener ${host}:${port} does not answer: ${messageOf(cause)}`, {
          cause,
        });
      }
    }),
  );
}
