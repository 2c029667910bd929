import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';
import { builtProgram, type Child, freePort, waitUntil } from '@phalanx/testing';
import { NGINX } from './required-packages.js';
import { type NginxRole, nginxConfig } from './nginx-config.js';
import type { Workbench } from './workbench.js';

/** Compiling all of CRS into ModSecurity or the engine takes seconds on a busy machine. */
const START_MS = 60_000;

/** A server of a comparison: its process (whose workers are its children) and where it listens on 127.0.0.1. */
export interface Server {
  readonly name: string;
  readonly process: Child;
  readonly port: number;
}

/** Starts an nginx of that role. Throws `unavailable` with its words when it doesn't come up. */
export async function startNginx(bench: Workbench, name: string, role: NginxRole, core?: number): Promise<Server> {
  const folder = join(bench.folder, name);
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfig(folder, port, role));
  const started = bench.start({
    command: NGINX.file,
    args: ['-p', folder, '-c', file, '-e', join(folder, 'start.log')],
    ...(core === undefined ? {} : { core }),
  });
  const server: Server = { name, process: started, port };
  await answers(server, () => started.output() + readFileSync(join(folder, 'start.log'), 'utf8'));
  return server;
}

/** How the engine is started for a comparison. */
export interface EngineRole {
  readonly originPort: number;
  readonly rulesFile: string;
  readonly auditFile: string;
  readonly mode?: 'detection' | 'prevention';
  readonly auditHeaders?: readonly string[];
  /** Options of Node itself, for profiles. */
  readonly nodeArgs?: readonly string[];
}

/** Starts the engine alone, with one worker. Throws `unavailable` with its words when it doesn't come up. */
export async function startEngine(bench: Workbench, name: string, role: EngineRole, core?: number): Promise<Server> {
  const started = bench.start({
    command: process.execPath,
    args: [
      ...(role.nodeArgs ?? []),
      builtProgram('agents/engine/dist/main.js'),
      ...['--listen', '127.0.0.1:0', '--upstream', `http://127.0.0.1:${role.originPort}`],
      ...['--rules', role.rulesFile, '--mode', role.mode ?? 'prevention', '--audit', role.auditFile, '--workers', '1'],
      ...(role.auditHeaders ?? []).flatMap((header) => ['--audit-header', header]),
    ],
    ...(core === undefined ? {} : { core }),
  });
  const [, port] = await started.line(/^listening on 127\.0\.0\.1:(\d+)$/m, START_MS);
  const server: Server = { name, process: started, port: Number(port) };
  await answers(server, () => started.output());
  return server;
}

async function answers({ name, process: child, port }: Server, words: () => string): Promise<void> {
  await waitUntil(
    `${name} to answer`,
    async () => {
      if (!child.running) throw new AppError('unavailable', 'bench.server-ended', words());
      return (await statusOf(port)) > 0;
    },
    { timeoutMs: START_MS },
  ).catch((error: unknown) => {
    throw new AppError('unavailable', 'bench.server-start', `${name} does not answer: ${words()}`, { cause: error });
  });
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', agent: false, headers: { Host: 'shop.example' } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.setTimeout(START_MS, () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end();
  });
}
