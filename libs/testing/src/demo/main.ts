// `npm start`: the whole product on this machine with a small fleet under real traffic, until Ctrl-C.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '@phalanx/kit';
import { builtProgram, repositoryRoot } from '../stack/repo.js';
import { runDemo } from './run-demo.js';

const home = resolve(process.env['PHALANX_HOME'] || join(repositoryRoot, '.phalanx'));
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
process.on('disconnect', () => stopping.abort());

runDemo({
  home,
  consoleFolder: existsSync(join(repositoryRoot, 'apps/console/dist/app/index.html'))
    ? join(repositoryRoot, 'apps/console/dist/app')
    : null,
  consolePort: Number(process.env['PHALANX_PORT'] || 8600),
  databaseUrl: process.env['DATABASE_URL'] || null,
  requestsPerSecond: Number(process.env['PHALANX_DEMO_RPS'] || 20),
  shop: builtProgram('libs/testing/dist/shop/main.js'),
  signal: stopping.signal,
}).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`phalanx could not start: ${messageOf(error)}`);
    process.exit(1);
  },
);
