import { connect } from 'node:net';
import { messageOf } from '@phalanx/kit';
import { AnswerReader, type Answer } from './answer.js';

/** Where a request goes, and from which loopback address it comes. */
export interface Route {
  readonly port: number;
  readonly from: string;
}

/** What came back: an answer, or why there is none. */
export type Exchanged = { readonly answer: Answer; readonly error: null } | { readonly answer: null; readonly error: string };

const DEADLINE_MS = 15_000;
/** How long the engine may take to end a connection that we have ended. */
const CLOSE_DEADLINE_MS = 5_000;

/**
 * Sends bytes on a connection of their own and reads the first answer. `isRaw`: they may be more than one request, so the connection is read
 * until the engine has ended it, and everything it has to say about them is in its log.
 */
export function exchange(route: Route, bytes: Buffer, isRaw: boolean): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: route.port, localAddress: route.from });
    const reader = new AnswerReader(/^\S+/.exec(bytes.toString('latin1', 0, 40))?.[0] ?? '');
    let result: Exchanged | null = null;
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(
        result ?? { answer: null, error: reader.isEmpty ? 'the connection was closed without an answer' : 'the answer was cut short' },
      );
    };
    const settle = (read: () => Answer | null): void => {
      if (result !== null) return;
      try {
        const answer = read();
        if (answer !== null) result = { answer, error: null };
      } catch (error) {
        result = { answer: null, error: messageOf(error) };
      }
    };
    let timer = setTimeout(() => {
      result ??= { answer: null, error: `no whole answer within ${DEADLINE_MS} ms` };
      finish();
    }, DEADLINE_MS);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (piece) => {
      if (result !== null) return;
      settle(() => reader.push(piece));
      if (result === null) return;
      if (!isRaw) return finish();
      clearTimeout(timer);
      timer = setTimeout(finish, CLOSE_DEADLINE_MS);
      socket.end();
    });
    socket.on('error', (error) => {
      if (result === null && reader.isEmpty) result = { answer: null, error: messageOf(error) };
    });
    socket.on('close', () => {
      settle(() => reader.close());
      finish();
    });
  });
}
