import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, messageOf } from '@phalanx/kit';
import { freePort } from '../net/free-port.js';
import { Child } from '../processes/child.js';
import { waitUntil } from '../processes/wait-until.js';
import { isReachableByOthers, openTwinOf, postgresPrograms, serverAccount } from './binaries.js';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Folder of the data; kept between runs. Without one: a temporary folder that `stop` removes. */
  readonly folder?: string;
  /** A free one unless given. */
  readonly port?: number;
  /** False turns fsync off: for tests that never cut the power. */
  readonly durable?: boolean;
  readonly logFile?: string;
  /** Folder of another installation's programs, for example `/usr/lib/postgresql/15/bin`. */
  readonly programs?: string;
}

/** A real PostgreSQL server of our own, on loopback. The owner is a superuser with a random password. */
export interface PostgresServer {
  /** Connection string of the owner, to the database `phalanx`. */
  readonly ownerUrl: string;
  readonly port: number;
  readonly child: Child;
  stop(): Promise<void>;
}

/** Where data may lie: in the folder itself, or in its twin when the server's account can't reach it. */
function dataFolder(wanted: string): string {
  if (serverAccount() === null || isReachableByOthers(dirname(wanted))) return wanted;
  const twin = join(openTwinOf(wanted), 'data');
  mkdirSync(dirname(twin), { recursive: true });
  chmodSync(dirname(dirname(twin)), 0o755);
  if (!existsSync(wanted)) symlinkSync(twin, wanted);
  return twin;
}

async function initialise(programs: string, data: string, passwordFile: string): Promise<void> {
  const account = serverAccount();
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid);
  await run(
    join(programs, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'phalanx_owner',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    account ? { ...account } : {},
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Removes a lock file that a killed server left behind and whose pid now belongs to something else. */
function clearStaleLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres') return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  rmSync(lock, { force: true });
}

async function createDatabase(url: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url.replace(/\/phalanx$/, '/postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query(`select 1 from pg_database where datname = 'phalanx'`);
    if (rowCount === 0) await client.query('create database phalanx');
  } finally {
    await client.end();
  }
}

/** Starts a server and waits until it takes queries. Rejects with its last log lines when it does not. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const temporary = options.folder ? null : mkdtempSync(join(tmpdir(), 'phalanx-postgres-'));
  if (temporary) chmodSync(temporary, 0o755);
  const folder = options.folder ?? join(temporary!, 'data');
  mkdirSync(dirname(folder), { recursive: true });
  const data = dataFolder(folder);
  const programs = options.programs ?? postgresPrograms();
  const passwordPath = join(dirname(folder), 'postgres.password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    const password = randomBytes(24).toString('base64url');
    writeFileSync(passwordPath, password, { mode: 0o600 });
    const forServer = join(mkdtempSync(join(tmpdir(), 'phalanx-pw-')), 'password');
    chmodSync(dirname(forServer), 0o711);
    writeFileSync(forServer, password, { mode: 0o600 });
    try {
      await initialise(programs, data, forServer);
    } finally {
      rmSync(dirname(forServer), { recursive: true, force: true });
    }
  }
  clearStaleLock(data);
  const password = readFileSync(passwordPath, 'utf8').trim();
  const port = options.port ?? (await freePort());
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const child = new Child({
    command: join(programs, 'postgres'),
    args: ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...(serverAccount() ?? {}),
    ...(options.logFile ? { logFile: options.logFile } : {}),
  });
  const ownerUrl = `postgres://phalanx_owner:${password}@127.0.0.1:${port}/phalanx`;
  try {
    await waitUntil(
      'PostgreSQL to listen',
      () => {
        if (!child.running) throw new Error('it ended');
        return answers(port);
      },
      { timeoutMs: 30_000 },
    );
    await waitUntil('PostgreSQL to take queries', () => createDatabase(ownerUrl).then(() => true), { timeoutMs: 30_000, intervalMs: 100 });
  } catch (error) {
    await child.stop('SIGINT');
    throw new AppError('unavailable', 'testing.postgres', `PostgreSQL did not start: ${messageOf(error)}\n${child.output()}`);
  }
  return {
    ownerUrl,
    port,
    child,
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown: it ends open connections instead of waiting for them.
      await child.stop('SIGINT', 10_000);
      if (temporary) rmSync(temporary, { recursive: true, force: true });
    },
  };
}
