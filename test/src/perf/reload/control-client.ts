import { connect } from 'node:net';
import { type EngineAnswer, engineAnswerSchema, type EngineRequest } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';

/** `Omit` that keeps the members of a union apart. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

const DEADLINE_MS = 120_000;

/** Asks an engine on its control socket. Throws `unavailable` with its words when it refuses, or doesn't answer. */
export async function askEngine(socketPath: string, request: WithoutId<EngineRequest>): Promise<EngineAnswer & { ok: true }> {
  const answer = engineAnswerSchema.parse(JSON.parse(await lineFrom(socketPath, JSON.stringify({ id: 1, ...request }))));
  if (!answer.ok) throw new AppError('unavailable', 'bench.engine-refused', `${answer.code}: ${answer.message}`);
  return answer;
}

function lineFrom(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(socketPath);
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer on the control socket within ${DEADLINE_MS} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the control socket was closed without an answer')));
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (!text.includes('\n')) return;
      socket.end();
      resolve(text.slice(0, text.indexOf('\n')));
    });
    socket.write(`${line}\n`);
  });
}
