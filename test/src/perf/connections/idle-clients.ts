import { connect, type Socket } from 'node:net';
import { AnswerReader } from '../../peers/answer-reader.js';

/** What the parent asks of this process: how many connections to a port, spread over source addresses, some at a time. */
export interface IdleClientsRequest {
  readonly port: number;
  readonly connections: number;
  readonly addresses: readonly string[];
}

/** What this process says when all its connections have had their answer and are idle. */
export interface IdleClientsAnswer {
  readonly open: number;
  readonly error: string | null;
}

const AT_A_TIME = 50;
const DEADLINE_MS = 30_000;
const REQUEST =
  'GET /garden/17?q=amber+lantern&page=3 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html\r\nCookie: session=0123456789abcdef; theme=light\r\n\r\n';

const sockets: Socket[] = [];

/** Connects, asks once, and resolves when the answer is whole. */
function open(port: number, localAddress: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader('GET');
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    sockets.push(socket);
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer within ${DEADLINE_MS} ms`)));
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the server closed a connection')));
    socket.on('connect', () => socket.write(REQUEST));
    socket.on('data', (bytes) => {
      if (!reader.push(bytes)) return;
      socket.setTimeout(0);
      if (reader.status === 200) resolve();
      else reject(new Error(`a connection was answered ${reader.status}`));
    });
  });
}

async function openAll({ port, connections, addresses }: IdleClientsRequest): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < connections) await open(port, addresses[next++ % addresses.length]!);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
}

process.on('message', (message) => {
  const answer = (error: string | null): void => {
    const alive = sockets.filter((socket) => !socket.destroyed).length;
    process.send?.({ open: alive, error } satisfies IdleClientsAnswer);
  };
  openAll(message as IdleClientsRequest).then(
    () => answer(null),
    (error: unknown) => answer(String(error)),
  );
});
// The parent's end ends the connections.
process.on('disconnect', () => process.exit(0));
