import { AppError } from '@phalanx/kit';

/** What stands on the terminal when the program could not start, and its exit code: 2 for a wrong call, 1 otherwise. */
export interface StartFailure {
  readonly text: string;
  readonly exitCode: 1 | 2;
}

/** PostgreSQL's SQLSTATEs of a connection that it turns down. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'the user or password in DATABASE_URL is wrong',
  '28000': 'DATABASE_URL names a user that may not connect',
  '3D000': 'DATABASE_URL names a database that does not exist',
};

/** Turns what broke the start into one sentence where the reader can help it; anything else keeps its stack. */
export function startFailure(error: unknown, usage: string): StartFailure {
  if (error instanceof AppError) {
    if (error.kind === 'bug') return { text: String(error.stack), exitCode: 1 };
    return { text: error.message, exitCode: error.code === 'cli.usage' ? 2 : 1 };
  }
  const { code, message, stack } = (typeof error === 'object' && error !== null ? error : {}) as Partial<NodeJS.ErrnoException>;
  if (code?.startsWith('ERR_PARSE_ARGS')) return { text: `${message}\n${usage}`, exitCode: 2 };
  const hint = hintOf(code ?? '');
  return { text: hint === '' ? (stack ?? String(error)) : `${message || code}: ${hint}`, exitCode: 1 };
}

function hintOf(code: string): string {
  if (code === 'EADDRINUSE') return 'free the port, or set PHALANX_PORT to another one (0 takes a free one)';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not do that';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') return 'is the server of DATABASE_URL running there?';
  return DATABASE_REFUSALS[code] ?? '';
}
