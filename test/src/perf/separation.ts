import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { getPriority, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttackEvent, EngineMetrics, SegmentHeader } from '@phalanx/contracts';
import { AppError, sleep } from '@phalanx/kit';
import { type Box, type ProvisionedBox, provisionBox, type RestClient, Stack, Traffic } from '@phalanx/testing';

const ROUNDS = 3;
const WINDOW_MS = 8_000;
const REQUESTS_PER_SECOND = 60;
const BACKLOG_SEGMENTS = 12;
const SEGMENT_EVENTS = 1_000;
const PUSH_MS = 400;

/**
 * What work of the agent does to the proxy (F49): the engine's own 99th percentile (whole exchange, to an origin at once) while the box is calm, and while
 * its agent ships a backlog of events, follows a policy that changes all the time, and reports each change. Controller, database and broker, which are
 * another machine's, stand behind everything. Prints `ratio` (loaded to calm, the best round).
 */
export async function benchSeparation(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'phalanx-separation-'));
  const origin = await startOrigin();
  const stack = await Stack.start({ home, durable: false });
  try {
    putFirst();
    for (const part of [stack.controller, stack.broker, stack.postgres]) if (part) behind(part.pid);
    const api = await stack.signIn();
    const upstreamPort = (origin.address() as AddressInfo).port;
    const separate = await provisionBox(stack, api, { name: 'separate', upstreamPort });
    note(`agent ${nicenessOf(separate.box.agent.pid)}, engine ${nicenessOf(separate.box.engine.pid)} (niceness)`);
    const rounds: { calm: number; loaded: number }[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const calm = await p99(separate, home, async () => sleep(WINDOW_MS));
      const loaded = await p99(separate, home, () => loadAgent(api, separate, stack));
      note(`round ${round}: calm ${calm} ms, loaded ${loaded} ms`);
      rounds.push({ calm, loaded });
    }
    const best = (key: 'calm' | 'loaded') => Math.min(...rounds.map((round) => round[key]));
    console.log(`agent_niceness=${nicenessOf(separate.box.agent.pid)}\nengine_niceness=${nicenessOf(separate.box.engine.pid)}`);
    console.log(`calm_p99_ms=${best('calm')}\nloaded_p99_ms=${best('loaded')}\nratio=${(best('loaded') / best('calm')).toFixed(2)}`);
  } finally {
    await stack.stop();
    origin.close();
    origin.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  }
}

function note(message: string): void {
  console.error(`separation: ${message}`);
}

/** Origin and clients are not what is measured. */
function putFirst(): void {
  try {
    setPriority(-10);
  } catch {
    note('not root: clients and origin compete with what is measured');
  }
}

function behind(pid: number): void {
  setPriority(pid, 19);
}

function nicenessOf(pid: number): number {
  return getPriority(pid);
}

async function startOrigin(): Promise<Server> {
  const server = createServer((_, response) => response.end('<html><body>a page</body></html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The engine's own figure for what happened meanwhile, in milliseconds. */
async function p99({ box, application }: ProvisionedBox, home: string, meanwhile: () => Promise<void>): Promise<number> {
  const targets = [{ host: '127.0.0.1', port: application.listenPort, name: 'shop.example' }];
  const traffic = new Traffic({ targets, requestsPerSecond: REQUESTS_PER_SECOND, attackShare: 0 });
  try {
    await sleep(1_000);
    await metricsOf(box, home);
    await meanwhile();
    const { latencyMs } = await metricsOf(box, home);
    if (!latencyMs) throw new AppError('unavailable', 'separation.no-figures', 'the engine measured nothing');
    return latencyMs.p99;
  } finally {
    await traffic.stop();
  }
}

/** A backlog of events and a policy that changes all the time, for a window. */
async function loadAgent(api: RestClient, { tenantId }: ProvisionedBox, stack: Stack): Promise<void> {
  const spool = join(stack.boxHome('separate'), 'spool');
  const until = performance.now() + WINDOW_MS;
  for (let segment = 0; segment < BACKLOG_SEGMENTS; segment++) writeSegment(spool);
  for (let version = 0; performance.now() < until; version++) {
    const document = { settings: { limits: { urlBytes: 8_192 + version } }, locks: [] };
    await api.change('PUT', `/api/v1/policies/tenants/${tenantId}`, { document, comment: '' });
    await sleep(PUSH_MS);
  }
}

function metricsOf(box: Box, home: string): Promise<EngineMetrics> {
  const socket = connect(join(home, 'boxes', box.options.name, 'engine/control.sock'));
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      socket.destroy();
      resolve((JSON.parse(text) as { metrics: EngineMetrics }).metrics);
    });
    socket.once('error', reject);
    socket.write(`${JSON.stringify({ id: 1, op: 'metrics', reader: 'bench' })}\n`);
  });
}

/** A segment as a writer that has ended leaves it. */
function writeSegment(folder: string): void {
  const stream = randomUUID();
  const time = new Date().toISOString();
  const header: SegmentHeader = { version: 1, stream, openedAt: time, bootId: 'bench', pid: 1, startTicks: 1, writer: 'bench' };
  const event = (n: number): AttackEvent => ({
    kind: 'attack',
    time,
    bootId: 'bench',
    monotonicMs: n,
    requestId: randomUUID().replaceAll('-', ''),
    applicationId: null,
    source: '192.0.2.1',
    peer: '192.0.2.1',
    method: 'GET',
    host: 'shop.example',
    path: '/product',
    query: `id=${n}`,
    protocol: 'HTTP/1.1',
    userAgent: 'bench',
    rules: [],
    action: 'blocked',
    status: 403,
    score: { inbound: 5, outbound: 0 },
    level: 'prevention',
    stage: 'signatures',
    count: 1,
  });
  const lines = Array.from({ length: SEGMENT_EVENTS }, (_, n) => JSON.stringify(event(n)));
  const open = join(folder, `${stream}.open`);
  writeFileSync(open, `${JSON.stringify(header)}\n${lines.join('\n')}\n`);
  renameSync(open, join(folder, `${stream}.closed`));
}
