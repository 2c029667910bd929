import { createInterface } from 'node:readline/promises';
import { hostname } from 'node:os';
import { Writable } from 'node:stream';
import type { SessionView, TokenView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { Command } from 'commander';
import { readCliEnvironment } from '../cli.config.js';
import { ApiClient } from '../session/api-client.js';
import { openStore } from './context.js';

async function firstLineOfInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text.split('\n')[0] ?? '';
}

/** Asks on the terminal without showing what is typed. */
async function askSecretly(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

interface LoginOptions {
  readonly url?: string;
  readonly user: string;
  readonly passwordStdin?: boolean;
  readonly days: string;
}

/** Signs in with a password, makes an API token with the operator's own permissions, and keeps only that. */
async function login(options: LoginOptions): Promise<void> {
  const url = options.url ?? readCliEnvironment().url ?? openStore().read()?.url;
  if (!url) throw new AppError('invalid', 'cli.no-url', 'say where the controller is: --url https://your-controller');
  const password = options.passwordStdin ? await firstLineOfInput() : await askSecretly(`Password of ${options.user}: `);
  const anonymous = new ApiClient({ url });
  const signedIn = await anonymous.send<SessionView>('POST', '/api/v1/session', { username: options.user, password });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const session = new ApiClient({ url, headers: { cookie, 'x-csrf-token': signedIn.body.csrfToken ?? '' } });
  const name = `phalanxctl on ${hostname()}`.slice(0, 100);
  const expiresInDays = Number(options.days);
  const made = await session.send<{ token: TokenView; secret: string }>('POST', '/api/v1/tokens', {
    name,
    permissions: signedIn.body.permissions,
    expiresInDays,
  });
  await session.send('DELETE', '/api/v1/session');
  openStore().write({ url, token: made.body.secret, tokenId: made.body.token.id, username: signedIn.body.username });
  console.log(`signed in to ${url} as ${signedIn.body.username} until ${made.body.token.expiresAt}`);
}

/** Revokes the stored token, then forgets it. */
async function logout(): Promise<void> {
  const store = openStore();
  const stored = store.read();
  if (!stored) return console.log('nobody was signed in');
  try {
    await new ApiClient({ url: stored.url, token: stored.token }).send('DELETE', `/api/v1/tokens/${stored.tokenId}`);
  } finally {
    store.forget();
  }
  console.log(`signed out of ${stored.url}`);
}

export function addLoginCommands(program: Command): void {
  program
    .command('login')
    .description('sign in and keep an API token for this machine')
    .option('--url <url>', 'address of the controller')
    .requiredOption('--user <name>', 'user name')
    .option('--password-stdin', 'read the password from standard input')
    .option('--days <n>', 'how long the token is good for', '30')
    .action(login);
  program.command('logout').description('revoke and forget the token').action(logout);
}
