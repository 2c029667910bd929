import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ApplianceView, AttackEvent, ClaimCreated, ClusterView, HealthView, SiteView, TenantView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { builtProgram, Child, type RestClient, Stack, waitUntil } from '@phalanx/testing';
import pg from 'pg';
import { cpuSecondsOf } from './cpu-time.js';

/** Events of a segment, about the mebibyte at which an engine worker closes it. */
const EVENTS_OF_A_SEGMENT = 1_100;
const WARM_UP = 22_000;
const COPIES = 3;

/**
 * Events per second from the agent's spool to committed rows (real agent, broker, controller and database, over mutual TLS), beside raw
 * COPY of the same rows from a file on the server into an identically indexed, partitioned table without row-level security. Prints
 * `events_per_second`, `copy_rows_per_second` (median of three) and `ratio_vs_copy`.
 */
export async function benchIngest(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { events: { type: 'string' } } });
  const events = Number(values.events ?? 220_000);
  if (!Number.isInteger(events) || events < EVENTS_OF_A_SEGMENT)
    throw new AppError('invalid', 'cli.usage', `--events must be at least ${EVENTS_OF_A_SEGMENT}`);
  const home = mkdtempSync(join(tmpdir(), 'phalanx-ingest-'));
  chmodSync(home, 0o755);
  const stack = await Stack.start({ home });
  const owner = new pg.Client({ connectionString: stack.databaseUrl });
  let agent: Child | null = null;
  try {
    await owner.connect();
    const api = await stack.signIn();
    const box = await makeBox(api);
    agent = startAgent(home, box.claim);
    await waitUntil('the box to be online', async () => (await api.get<HealthView>(`/api/v1/appliances/${box.id}/health`)).online, {
      timeoutMs: 30_000,
    });
    note('warming up');
    await ship(owner, home, WARM_UP);
    note(`shipping ${events} events`);
    const pids = { agent: agent.pid, broker: stack.broker.pid, controller: stack.controller.pid, postgres: stack.postgres!.pid };
    const before = Object.values(pids).map(cpuSecondsOf);
    const seconds = await ship(owner, home, events);
    const used = Object.entries(pids).map(([name, pid], index) => `${name} ${micros(cpuSecondsOf(pid) - before[index]!, events)}`);
    note(`microseconds of CPU per event: ${used.join(', ')}`);
    const shipped = Math.ceil(events / EVENTS_OF_A_SEGMENT) * EVENTS_OF_A_SEGMENT;
    const eventsPerSecond = shipped / seconds;
    note(`${shipped} events in ${seconds.toFixed(1)} s; copying the same rows`);
    const copyRowsPerSecond = await copyAgain(owner, home);
    console.log(`events=${shipped}`);
    console.log(`events_per_second=${Math.round(eventsPerSecond)}`);
    console.log(`copy_rows_per_second=${Math.round(copyRowsPerSecond)}`);
    console.log(`ratio_vs_copy=${(eventsPerSecond / copyRowsPerSecond).toFixed(3)}`);
  } finally {
    await agent?.stop();
    await owner.end();
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function note(message: string): void {
  console.error(`ingest: ${message}`);
}

function micros(seconds: number, events: number): string {
  return ((seconds / events) * 1e6).toFixed(1);
}

async function makeBox(api: RestClient): Promise<{ id: string; claim: ClaimCreated }> {
  const tenant = await api.post<TenantView>('/api/v1/tenants', { name: 'Ingest', slug: 'ingest' });
  const site = await api.post<SiteView>('/api/v1/sites', { tenantId: tenant.id, name: 'Site', timeZone: 'Asia/Seoul' });
  const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: 'Cluster', kind: 'single' });
  const body = { clusterId: cluster.id, name: 'box', listenAddresses: ['127.0.0.1'] };
  const { id } = await api.post<ApplianceView>('/api/v1/appliances', body);
  return { id, claim: await api.post<ClaimCreated>(`/api/v1/appliances/${id}/claims`, { validMinutes: 60 }) };
}

/** The agent alone: its engine's spool is filled by this benchmark. */
function startAgent(home: string, { claim, enrolmentUrls, caFingerprint }: ClaimCreated): Child {
  mkdirSync(join(home, 'box'), { mode: 0o700 });
  return new Child({
    command: process.execPath,
    args: [builtProgram('agents/appliance/dist/main.js'), '--home', join(home, 'box')],
    env: { ...process.env, PHALANX_CLAIM: claim, PHALANX_ENROL_URL: enrolmentUrls[0]!, PHALANX_CA_FINGERPRINT: caFingerprint },
  });
}

/** Puts segments into the spool all at once, and returns the seconds until all their events are committed. */
async function ship(owner: pg.Client, home: string, events: number): Promise<number> {
  const prepared = join(home, 'prepared');
  const spool = join(home, 'box/engine/spool');
  for (const folder of [prepared, spool]) mkdirSync(folder, { recursive: true });
  const streams = Array.from({ length: Math.ceil(events / EVENTS_OF_A_SEGMENT) }, () => randomUUID());
  for (const stream of streams) writeSegment(join(prepared, stream), stream);
  const committed = async () => {
    const { rows } = await owner.query<{ sum: string }>('select coalesce(sum(next), 0) as sum from event_ledger where stream = any($1)', [
      streams,
    ]);
    return Number(rows[0]!.sum) === streams.length * EVENTS_OF_A_SEGMENT;
  };
  const startedMs = performance.now();
  for (const stream of streams) renameSync(join(prepared, stream), join(spool, `${stream}.closed`));
  await waitUntil('all events to be committed', committed, { timeoutMs: 300_000, intervalMs: 50 });
  return (performance.now() - startedMs) / 1000;
}

function writeSegment(path: string, stream: string): void {
  const openedAt = new Date().toISOString();
  const header = { version: 1, stream, openedAt, bootId: 'bench', pid: 1, startTicks: 0, writer: 'bench' };
  const lines = Array.from({ length: EVENTS_OF_A_SEGMENT }, (_, index) => JSON.stringify(attack(index)));
  const fd = openSync(path, 'wx');
  writeSync(fd, `${[JSON.stringify(header), ...lines].join('\n')}\n`);
  closeSync(fd);
}

const APPLICATIONS = Array.from({ length: 4 }, () => randomUUID());

/** A refused injection, about 0.9 kB as the Core Rule Set gives it. */
function attack(index: number): AttackEvent {
  return {
    kind: 'attack',
    time: new Date().toISOString(),
    bootId: 'bench',
    monotonicMs: index + 0.5,
    requestId: randomBytes(16).toString('hex'),
    applicationId: APPLICATIONS[index % APPLICATIONS.length]!,
    source: `203.0.113.${index % 250}`,
    peer: `203.0.113.${index % 250}`,
    method: 'GET',
    host: 'shop.example',
    path: `/products/${index}`,
    query: "id=1'%20or%201=1--",
    protocol: 'HTTP/1.1',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    rules: [
      {
        id: 942100,
        message: 'SQL Injection Attack Detected via libinjection',
        severity: 'CRITICAL',
        tags: ['attack-sqli', 'paranoia-level/1', 'OWASP_CRS', 'capec/1000/152/248/66'],
        variable: 'ARGS:id',
        matched: "1' or 1=1--",
      },
      {
        id: 949110,
        message: 'Inbound Anomaly Score Exceeded (Total Score: 5)',
        severity: 'CRITICAL',
        tags: ['anomaly-evaluation', 'OWASP_CRS'],
        variable: 'TX:blocking_inbound_anomaly_score',
        matched: '5',
      },
    ],
    action: 'blocked',
    status: 403,
    score: { inbound: 5, outbound: 0 },
    level: 'prevention',
    stage: 'signatures',
    count: 1,
  };
}

/** Rows per second of a COPY of everything in `events` into a table like it; the median of a few. */
async function copyAgain(owner: pg.Client, home: string): Promise<number> {
  const folder = join(home, 'copy');
  mkdirSync(folder);
  // The server writes and reads the file as its own account.
  chmodSync(folder, 0o777);
  const file = join(folder, 'rows');
  await owner.query(`copy (select * from events) to '${file}'`);
  await owner.query('create table events_copy (like events including all) partition by range (occurred_at)');
  const { rows } = await owner.query<{ name: string; bounds: string }>(
    `select relname as name, pg_get_expr(relpartbound, oid) as bounds from pg_class where oid in (select inhrelid from pg_inherits where inhparent = 'events'::regclass)`,
  );
  for (const { name, bounds } of rows) await owner.query(`create table ${name}_copy partition of events_copy ${bounds}`);
  const rates: number[] = [];
  for (let round = 0; round < COPIES; round++) {
    await owner.query('truncate events_copy');
    await owner.query('checkpoint');
    const startedMs = performance.now();
    const { rowCount } = await owner.query(`copy events_copy from '${file}'`);
    rates.push((rowCount ?? 0) / ((performance.now() - startedMs) / 1000));
  }
  return rates.sort((a, b) => a - b)[COPIES >> 1]!;
}
