// `npm start`: the whole product on this machine with a small fleet under real traffic, until Ctrl-C.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '@phalanx/kit';
import { builtProgram, repositoryRoot } from '../stack/repo.js';
import { runDemo } from './run-demo.js';

const home = resolve(process.env['PHALANX_HOME'] || join(repositoryRoot, '.phalanx'));
/** A variable that counts something. Exits with the reason when it does not. */
function wholeNumber(name: string, fallback: number, most: number): number {
  const text = process.env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  console.error(`phalanx could not start: ${name} must be a whole number from 1 to ${most}, not ${text}`);
  process.exit(1);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
process.on('disconnect', () => stopping.abort());

runDemo({
  home,
  consoleFolder: existsSync(join(repositoryRoot, 'apps/console/dist/app/index.html'))
    ? join(repositoryRoot, 'apps/console/dist/app')
    : null,
  consolePort: wholeNumber('PHALANX_PORT', 8600, 65_535),
  databaseUrl: process.env['DATABASE_URL'] || null,
  requestsPerSecond: wholeNumber('PHALANX_DEMO_RPS', 20, 2_000),
  shop: builtProgram('libs/testing/dist/shop/main.js'),
  signal: stopping.signal,
}).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`phalanx could not start: ${messageOf(error)}`);
    process.exit(1);
  },
);
