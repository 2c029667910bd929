import { connect } from 'node:net';
import { AppError } from '@phalanx/kit';
import { type Child, waitUntil } from '@phalanx/testing';

/** Compiling all of CRS takes seconds on a busy machine. */
const START_MS = 90_000;

/** Waits until an engine takes connections on all of its ports. Throws `unavailable` with its words when it ends instead. */
export async function startedEngine(child: Child, ports: readonly number[]): Promise<void> {
  await waitUntil(
    'the engine to listen',
    async () => {
      if (!child.running) throw new AppError('unavailable', 'wire.engine-ended', child.output());
      return (await Promise.all(ports.map(isOpen))).every(Boolean);
    },
    { timeoutMs: START_MS },
  );
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
