import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';
import { NGINX, NGINX_MODSECURITY, requirePackages, WRK } from '../../peers/required-packages.js';
import type { Server } from '../../peers/servers.js';
import { type Workbench, withWorkbench } from '../../peers/workbench.js';
import { attack } from '../requests/attacks.js';
import { SeededRandom } from '../requests/seeded-random.js';
import { SHAPES, type Shape } from '../requests/shapes.js';
import { type Deck, Wrk, writeRecords } from '../wrk/wrk.js';
import { auditedAttacks, endOf } from './audited-attacks.js';
import { type EngineBenchOptions, parseEngineOptions } from './engine-options.js';
import { measure, type Measurement, median } from './measurement.js';
import { type Cores, startSystems, type Systems } from './systems.js';

const ATTACK_SHARE = 0.1;
const ATTACKS = 5_000;
const TEXTS = 4_000;

/**
 * The engine beside nginx alone and nginx with ModSecurity: one worker each, same origin, same CRS 4.25.1 (blocking, paranoia level 1,
 * recommended base configuration), runs interleaved. Prints requests per second, ratios (median run against median run), CPU per request
 * and inspection time per shape. `--rounds 3 --seconds 3 --warm-up 10 --shapes get,post,json,body10k,attacks`. Throws when a legitimate request is refused, or a refusal is missing in the audit file.
 */
export async function benchEngine(args: readonly string[]): Promise<void> {
  const options = parseEngineOptions(args);
  requirePackages(NGINX, NGINX_MODSECURITY, WRK);
  await withWorkbench('bench-engine', async (bench) => {
    const cores: Cores = availableParallelism() > 1 ? { tested: 0, client: 1 } : {};
    note(cores.tested === undefined ? 'one core: client and servers share it' : 'servers on core 0, client and origin on core 1');
    const systems = await startSystems(bench, cores, options.isEngineOnly);
    if (!options.isEngineOnly) printLeftOut(systems.leftOut);
    const wrk = new Wrk(bench, cores.client);
    for (const shape of SHAPES.filter(({ name }) => options.shapes.includes(name))) {
      const deck = writeDeck(bench, shape, options);
      await benchShape(wrk, systems, shape.name, deck, options);
    }
    if (options.shapes.includes('attacks')) await benchAttacks(wrk, systems, attackDeck(bench, options), options);
  });
}

function note(message: string): void {
  console.error(`engine: ${message}`);
}

function printLeftOut(lines: readonly string[]): void {
  console.log(`modsecurity_left_out_lines=${lines.length}`);
  for (const line of lines) note(`ModSecurity 3.0.9 can't parse, left out of its copy of rule 901181: ${line}`);
}

function writeDeck(bench: Workbench, { name, make, text }: Shape, { seed, requests }: EngineBenchOptions): Deck {
  const random = new SeededRandom(seed);
  const records = (file: string, count: number, of: (random: SeededRandom) => string): string =>
    writeRecords(
      join(bench.folder, file),
      Array.from({ length: count }, () => of(random)),
    );
  return { requests: records(`${name}.deck`, requests, make), ...(text ? { texts: records(`${name}.texts`, TEXTS, text) } : {}) };
}

function attackDeck(bench: Workbench, options: EngineBenchOptions): Deck {
  const random = new SeededRandom(options.seed + 1);
  const attacks = writeRecords(
    join(bench.folder, 'attacks.deck'),
    Array.from({ length: ATTACKS }, () => attack(random)),
  );
  return { ...writeDeck(bench, SHAPES[0]!, options), attacks };
}

/** The runs of one shape, by server. */
type Runs = Map<Server, Measurement[]>;

async function interleave(
  systems: Systems,
  options: EngineBenchOptions,
  run: (server: Server, round: number) => Promise<Measurement>,
): Promise<Runs> {
  const servers = [systems.plain, systems.modSecurity, systems.engine, systems.uninspected].filter((server) => server !== null);
  const runs: Runs = new Map(servers.map((server) => [server, []]));
  // Round 0 warms up, and shows before anything is measured that nobody refuses what is legitimate.
  for (let round = 0; round <= options.rounds; round++) {
    for (const server of servers) {
      const measured = await run(server, round);
      if (round > 0) runs.get(server)!.push(measured);
    }
  }
  return runs;
}

async function benchShape(wrk: Wrk, systems: Systems, name: string, deck: Deck, options: EngineBenchOptions): Promise<void> {
  const runs = await interleave(systems, options, async (server, round) => {
    const start = Math.floor((round * options.requests) / (options.rounds + 1));
    const measured = await measure(wrk, server, {
      deck,
      seconds: round === 0 ? options.warmUpSeconds : options.seconds,
      connections: options.connections,
      start,
    });
    note(`${name} round ${round} ${describe(server, measured)}`);
    if (measured.refused > 0 || measured.socketErrors > 0)
      throw new AppError(
        'unavailable',
        'bench.legitimate-refused',
        `${server.name} refused ${measured.refused} legitimate ${name} requests of ${measured.requests}, and broke ${measured.socketErrors} connections`,
      );
    return measured;
  });
  printShape(name, systems, runs);
}

async function benchAttacks(wrk: Wrk, systems: Systems, deck: Deck, options: EngineBenchOptions): Promise<void> {
  const counts = { requests: 0, attacks: 0, refused: 0, audited: 0 };
  const runs = await interleave(systems, options, async (server, round) => {
    const isInspecting = server === systems.engine || server === systems.modSecurity;
    const from = endOf(systems.audit);
    const start = Math.floor((round * options.requests) / (options.rounds + 1));
    const run = {
      deck,
      seconds: round === 0 ? options.warmUpSeconds : options.seconds,
      connections: options.connections,
      start,
      attackShare: ATTACK_SHARE,
    };
    const measured = await measure(wrk, server, run);
    note(`attacks round ${round} ${describe(server, measured)}, ${measured.attacks} attacks, ${measured.refused} refused`);
    if (measured.refused !== (isInspecting ? measured.attacks : 0) || measured.socketErrors > 0)
      throw new AppError(
        'unavailable',
        'bench.attack-counts',
        `${server.name} answered ${measured.refused} refusals to ${measured.attacks} attacks among ${measured.requests} requests`,
      );
    if (server !== systems.engine) return measured;
    const audited = auditedAttacks(systems.audit, from);
    counts.requests += measured.requests;
    counts.attacks += measured.attacks;
    counts.refused += measured.refused;
    counts.audited += audited.distinct;
    if (audited.blocked !== measured.refused || audited.distinct !== measured.refused || audited.others > 0)
      throw new AppError(
        'unavailable',
        'bench.audit-counts',
        `the audit file has ${audited.blocked} refusals of ${audited.distinct} attacks and ${audited.others} other lines; ${measured.refused} were answered`,
      );
    return measured;
  });
  printShape('attacks', systems, runs);
  console.log(`attacks_share=${(counts.attacks / counts.requests).toFixed(3)}`);
  console.log(`attacks_sent=${counts.attacks}\nattacks_refused=${counts.refused}\nattacks_in_audit_file=${counts.audited}`);
}

function describe({ name }: Server, { requestsPerSecond, cpuMicros, p99Ms }: Measurement): string {
  return `${name}: ${requestsPerSecond.toFixed(0)} requests/s, ${cpuMicros.toFixed(1)} us CPU each, p99 ${p99Ms.toFixed(1)} ms`;
}

function printShape(shape: string, systems: Systems, runs: Runs): void {
  const of = (server: Server | null, read: (measured: Measurement) => number): number =>
    server === null ? Number.NaN : median(runs.get(server)!.map(read));
  const rate = (server: Server | null): number => of(server, ({ requestsPerSecond }) => requestsPerSecond);
  const cpu = (server: Server | null): number => of(server, ({ cpuMicros }) => cpuMicros);
  const lines: [string, number, number][] = [
    ['plain_nginx_rps', rate(systems.plain), 0],
    ['modsecurity_rps', rate(systems.modSecurity), 1],
    ['engine_rps', rate(systems.engine), 0],
    ['engine_uninspected_rps', rate(systems.uninspected), 0],
    ['ratio_vs_modsecurity', rate(systems.engine) / rate(systems.modSecurity), 2],
    ['ratio_vs_plain_nginx', rate(systems.engine) / rate(systems.plain), 3],
    ['cpu_ratio_vs_modsecurity', cpu(systems.modSecurity) / cpu(systems.engine), 2],
    ['cpu_ratio_vs_plain_nginx', cpu(systems.plain) / cpu(systems.engine), 3],
    ['engine_cpu_us', cpu(systems.engine), 1],
    ['plain_nginx_cpu_us', cpu(systems.plain), 1],
    ['modsecurity_cpu_us', cpu(systems.modSecurity), 1],
    ['non_2xx', [...runs.values()].flat().reduce((sum, { refused }) => sum + refused, 0), 0],
  ];
  for (const [name, value, digits] of lines) if (!Number.isNaN(value)) console.log(`${shape}_${name}=${value.toFixed(digits)}`);
  // CPU per request with the rules on, less that of the engine without rules in the same run: what inspection costs where it runs.
  console.log(`inspection_us_per_${shape}=${(cpu(systems.engine) - cpu(systems.uninspected)).toFixed(1)}`);
}
