import { availableParallelism } from 'node:os';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@phalanx/kit';
import { originRole } from '../../peers/nginx-config.js';
import { RawClient } from '../../peers/raw-client.js';
import { NGINX, requirePackages } from '../../peers/required-packages.js';
import { crs4, writeRuleSet } from '../../peers/rule-set.js';
import { type Server, startEngine, startNginx } from '../../peers/servers.js';
import { type Workbench, withWorkbench } from '../../peers/workbench.js';
import { SeededRandom } from '../requests/seeded-random.js';
import { bystanderTimes } from './bystanders.js';
import { type CaseCost, costOf } from './case-cost.js';
import { HOSTILE_CASES, type HostileCase } from './placements.js';

const LEVELS = ['1', '4'];
const SMALL_BYTES = 10_000;
const LARGE_BYTES = 100_000;
const BYSTANDER_SECONDS = 5;
/** Different ones that the hostile connection sends in turn. */
const HOSTILE_REQUESTS = 50;

interface Row {
  readonly level: string;
  readonly hostile: HostileCase;
  readonly small: CaseCost;
  readonly large: CaseCost;
  /** CPU of 100 kB over that of 10 kB; null where a limit refused one of them. */
  readonly ratio: number | null;
}

/**
 * Hostile inputs of 10 and 100 kB against the real engine with one worker, at paranoia levels 1 and 4 (`--level 1`, `--only <words of a
 * case's name>`, `--repeats 5`): CPU per request, its growth, and what one connection that sends the worst of them does to other clients.
 */
export async function benchWorstCase(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { level: { ...text, multiple: true }, only: text, repeats: text } });
  const levels = values.level ?? LEVELS;
  if (levels.some((level) => !/^[1-4]$/.test(level))) throw new AppError('invalid', 'cli.usage', '--level must be 1, 2, 3 or 4');
  const repeats = Number(values.repeats ?? 5);
  if (!Number.isInteger(repeats) || repeats < 1) throw new AppError('invalid', 'cli.usage', '--repeats must be a whole number from 1 on');
  const cases = HOSTILE_CASES.filter(({ name }) => name.includes(values.only ?? ''));
  if (cases.length === 0) throw new AppError('invalid', 'cli.usage', `no case's name holds ${values.only}`);
  requirePackages(NGINX);
  await withWorkbench('bench-worst-case', async (bench) => {
    const core = availableParallelism() > 1 ? 0 : undefined;
    if (core !== undefined) execFileSync('/usr/bin/taskset', ['-a', '-cp', '1', String(process.pid)]);
    const origin = await startNginx(bench, 'origin', originRole('<p>ok'), core === undefined ? undefined : 1);
    const rows: Row[] = [];
    for (const level of levels) {
      const engine = await startEngineAt(bench, origin, level, core);
      for (const hostile of cases) rows.push(await measureCase(engine, level, hostile, repeats));
    }
    report(rows);
    await benchBystanders(bench, origin, worstOf(rows), core);
  });
}

async function startEngineAt(bench: Workbench, origin: Server, level: string, core: number | undefined): Promise<Server> {
  const folder = join(bench.folder, `rules-${level}`);
  mkdirSync(folder, { recursive: true });
  const rules = writeRuleSet(folder, {
    crs: crs4(),
    forModSecurity: false,
    auditFile: join(folder, 'unused.log'),
    paranoiaLevel: Number(level),
  });
  return startEngine(
    bench,
    `engine-${level}`,
    { originPort: origin.port, rulesFile: rules.file, auditFile: join(folder, 'audit.ndjson') },
    core,
  );
}

async function measureCase(engine: Server, level: string, hostile: HostileCase, repeats: number): Promise<Row> {
  const random = new SeededRandom(7);
  const small = await costOf(engine, hostile, SMALL_BYTES, random, repeats);
  const large = await costOf(engine, hostile, LARGE_BYTES, random, repeats);
  const ratio = small.isRefused || large.isRefused ? null : large.leastMs / small.leastMs;
  console.error(
    `level ${level} ${hostile.name.padEnd(36)} 10 kB ${describe(small)}  100 kB ${describe(large)}  ratio ${ratio?.toFixed(1) ?? '-'}`,
  );
  return { level, hostile, small, large, ratio };
}

function describe({ isRefused, status, leastMs, medianMs, mostMs }: CaseCost): string {
  const figures = `${leastMs.toFixed(2)} / ${medianMs.toFixed(2)} / ${mostMs.toFixed(2)} ms`;
  return `${figures} ${isRefused ? `refused ${status}` : status}`.padEnd(38);
}

/** The case, and the size of it, that takes the most CPU. */
function worstOf(rows: readonly Row[]): { row: Row; bytes: number; cost: CaseCost } {
  const sizes = rows.flatMap((row) => [
    { row, bytes: SMALL_BYTES, cost: row.small },
    { row, bytes: LARGE_BYTES, cost: row.large },
  ]);
  return sizes.reduce((worst, size) => (size.cost.medianMs > worst.cost.medianMs ? size : worst));
}

function nameOf({ level, hostile }: Row, bytes?: number): string {
  return `level-${level} ${hostile.name}${bytes === undefined ? '' : ` ${bytes / 1_000}kB`}`.replaceAll(' ', '/');
}

function report(rows: readonly Row[]): void {
  const compared = rows.filter((row): row is Row & { ratio: number } => row.ratio !== null);
  const steepest = compared.reduce((worst, row) => (row.ratio > worst.ratio ? row : worst), compared[0]!);
  const worst = worstOf(rows);
  const costs = rows.flatMap(({ small, large }) => [small, large]);
  console.log(`cases=${rows.length * 2}\nrefused_by_limits=${costs.filter(({ isRefused }) => isRefused).length}`);
  if (steepest) console.log(`worst_ratio=${steepest.ratio.toFixed(1)}\nworst_ratio_case=${nameOf(steepest)}`);
  console.log(`worst_cpu_ms=${worst.cost.medianMs.toFixed(1)}\nworst_case=${nameOf(worst.row, worst.bytes)}`);
  console.log(`worst_single_cpu_ms=${Math.max(...costs.map(({ mostMs }) => mostMs)).toFixed(1)}`);
}

/** A quiet time, then the same beside one connection that sends the worst case again and again. */
async function benchBystanders(
  bench: Workbench,
  origin: Server,
  { row, bytes }: ReturnType<typeof worstOf>,
  core: number | undefined,
): Promise<void> {
  const engine = await startEngineAt(bench, origin, row.level, core);
  await bystanderTimes(engine.port, 2);
  const quiet = quantile(await bystanderTimes(engine.port, BYSTANDER_SECONDS), 0.99);
  const hostile = new RawClient(engine.port);
  const random = new SeededRandom(9);
  // Made beforehand: the bystanders are clients of this process, and would wait while it makes one.
  const requests = Array.from({ length: HOSTILE_REQUESTS }, (_, index) => row.hostile.make(bytes, random, `h${index}`));
  const until = performance.now() + BYSTANDER_SECONDS * 1_000;
  let sent = 0;
  const attack = async (): Promise<void> => {
    while (performance.now() < until) await hostile.send(requests[sent++ % HOSTILE_REQUESTS]!);
    hostile.close();
  };
  const [times] = await Promise.all([bystanderTimes(engine.port, BYSTANDER_SECONDS), attack()]);
  const beside = quantile(times, 0.99);
  console.log(`hostile_requests=${sent}\nbystander_requests=${times.length}`);
  console.log(`quiet_p99_ms=${quiet.toFixed(2)}\nhostile_p99_ms=${beside.toFixed(2)}\nhostile_p99_bound_ms=${(3 * quiet + 5).toFixed(2)}`);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
