import { parseArgs } from 'node:util';
import { AppError } from '@phalanx/kit';
import { DEBIAN_CRS, NGINX, NGINX_MODSECURITY, requirePackages } from '../peers/required-packages.js';
import { crs3, crs4 } from '../peers/rule-set.js';
import { withWorkbench } from '../peers/workbench.js';
import { agreement, compare, type Difference, type SideVerdict } from './comparison.js';
import { mixedCorpus } from './corpus.js';
import { explain, findings } from './explanations.js';
import { startTwoEngines } from './two-engines.js';
import { sample } from './verdict-case.js';

/**
 * Verdicts (blocked or not) of the engine and of nginx with ModSecurity on the same bytes with the same CRS 3.3.4, blocking, default
 * thresholds. `--level 1..4`, `--crs 3|4`, `--seed`, `--requests` for a part of the corpus, `--show` prints each request that differs.
 */
export async function benchVerdicts(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { level: text, crs: text, seed: text, requests: text, show: { type: 'boolean', default: false } },
  });
  const level = Number(values.level ?? 1);
  if (![1, 2, 3, 4].includes(level)) throw new AppError('invalid', 'cli.usage', '--level must be 1, 2, 3 or 4');
  requirePackages(NGINX, NGINX_MODSECURITY, DEBIAN_CRS);
  const crs = values.crs === '4' ? crs4() : crs3();
  const whole = mixedCorpus(Number(values.seed ?? 1));
  const corpus = sample(whole, Number(values.requests ?? whole.length));
  await withWorkbench('bench-verdicts', async (bench) => {
    const compared = await compare(await startTwoEngines(bench, crs, level), corpus);
    const { requests, bySource, blockedByBoth, differences } = compared;
    for (const difference of differences) console.error(describe(difference, values.show));
    console.log(`crs=${crs.version}\nparanoia_level=${level}\nrequests=${requests}\nblocked_by_both=${blockedByBoth}`);
    console.log(
      `differences=${differences.length}\nunexplained=${differences.filter((difference) => explain(difference) === null).length}`,
    );
    for (const [source, count] of bySource)
      console.log(`${source}_requests=${count}\n${source}_agreement=${percent(agreement(compared, source))}`);
    console.log(`agreement=${percent(agreement(compared))}`);
  });
}

function describe(difference: Difference, isShown: boolean): string {
  const { of, engine, modSecurity } = difference;
  const head = `${of.source} ${of.name}: engine ${side(engine)}, ModSecurity ${side(modSecurity)}: ${explain(difference) ?? 'UNEXPLAINED'}\n  ${printable(findings(difference))}`;
  return isShown ? `${head}\n${of.bytes.toString('latin1').slice(0, 2_000)}\n` : head;
}

function printable(text: string): string {
  return JSON.stringify(text).slice(1, 400);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function side({ status, rules }: SideVerdict): string {
  return `${status} [${rules.map(({ id }) => id).join(' ')}]`;
}
