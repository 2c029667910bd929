import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError, sleep } from '@phalanx/kit';
import { originRole, proxyRole } from '../../peers/nginx-config.js';
import { NGINX, requirePackages } from '../../peers/required-packages.js';
import { crs4, writeRuleSet } from '../../peers/rule-set.js';
import { type Server, startEngine, startNginx } from '../../peers/servers.js';
import { withWorkbench } from '../../peers/workbench.js';
import type { IdleClientsAnswer, IdleClientsRequest } from './idle-clients.js';
import { parseOpenFiles, residentKb } from './resident-memory.js';

const CONNECTIONS = 15_000;
/** Descriptors that a server needs for other things than idle clients. */
const OTHER_FILES = 400;
const CLIENT_PROCESSES = 3;
const SETTLED_MS = 15_000;

/**
 * Resident memory per idle keep-alive connection after one inspected request each (CRS 4.25.1), of the engine and of nginx as a plain proxy:
 * memory with all of them open, less memory before the first, by their number. Whatever the server grows by meanwhile counts, also what is
 * no connection's own. `--connections 15000`.
 */
export async function benchConnections(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { connections: { type: 'string' } } });
  const wanted = Number(values.connections ?? CONNECTIONS);
  if (!Number.isInteger(wanted) || wanted < 100)
    throw new AppError('invalid', 'cli.usage', '--connections must be a whole number from 100 on');
  const limit = parseOpenFiles(readFileSync('/proc/self/limits', 'latin1')) - OTHER_FILES;
  const connections = Math.min(wanted, limit);
  if (connections < wanted) console.error(`connections: ${connections} instead of ${wanted}: limited by RLIMIT_NOFILE`);
  requirePackages(NGINX);
  await withWorkbench('bench-connections', async (bench) => {
    const origin = await startNginx(bench, 'origin', originRole('<p>A calm page.'));
    const folder = join(bench.folder, 'rules');
    mkdirSync(folder);
    const rules = writeRuleSet(folder, { crs: crs4(), forModSecurity: false, auditFile: join(folder, 'unused.log') });
    const role = { originPort: origin.port, rulesFile: rules.file, auditFile: join(folder, 'audit.ndjson') };
    const engine = await startEngine(bench, 'engine', role);
    console.log(`connections=${connections}\nlimited_by_open_files=${connections < wanted}`);
    print('', await perConnection(engine, connections));
    const plain = await startNginx(bench, 'plain', proxyRole(origin.port));
    print('nginx_', await perConnection(plain, connections));
  });
}

interface Growth {
  readonly beforeKb: number;
  readonly withAllKb: number;
  readonly perConnectionKb: number;
}

function print(prefix: string, { beforeKb, withAllKb, perConnectionKb }: Growth): void {
  console.log(`${prefix}rss_before_kb=${beforeKb}\n${prefix}rss_with_connections_kb=${withAllKb}`);
  console.log(`${prefix}kb_per_idle_connection=${perConnectionKb.toFixed(2)}`);
}

async function perConnection(server: Server, connections: number): Promise<Growth> {
  const beforeKb = await settledKb(server);
  const withAllKb = await withIdleClients(server, connections, settledKb);
  return { beforeKb, withAllKb, perConnectionKb: (withAllKb - beforeKb) / connections };
}

/** Opens connections from several processes and addresses, looks at the server while all are idle, and closes them. */
async function withIdleClients<T>(server: Server, connections: number, look: (server: Server) => Promise<T>): Promise<T> {
  const clients = Array.from({ length: CLIENT_PROCESSES }, () => fork(fileURLToPath(new URL('./idle-clients.js', import.meta.url))));
  try {
    const answers = await Promise.all(
      clients.map(async (client, index) => {
        const share = Math.floor((connections * (index + 1)) / CLIENT_PROCESSES) - Math.floor((connections * index) / CLIENT_PROCESSES);
        const addresses = [`127.0.0.${2 + index * 2}`, `127.0.0.${3 + index * 2}`];
        client.send({ port: server.port, connections: share, addresses } satisfies IdleClientsRequest);
        const [answer] = (await once(client, 'message')) as [IdleClientsAnswer];
        if (answer.error !== null) throw new AppError('unavailable', 'bench.connections', `${server.name}: ${answer.error}`);
        return answer.open;
      }),
    );
    const open = answers.reduce((sum, count) => sum + count, 0);
    if (open !== connections)
      throw new AppError('unavailable', 'bench.connections', `${server.name} holds ${open} of ${connections} connections`);
    return await look(server);
  } finally {
    for (const client of clients) client.kill();
  }
}

/** Resident memory once it has stopped changing by more than half a percent in a second, or after a while. */
async function settledKb({ process: { pid } }: Server): Promise<number> {
  const deadline = performance.now() + SETTLED_MS;
  let before = residentKb(pid);
  for (;;) {
    await sleep(1_000);
    const now = residentKb(pid);
    if (Math.abs(now - before) < before * 0.005 || performance.now() > deadline) return now;
    before = now;
  }
}
