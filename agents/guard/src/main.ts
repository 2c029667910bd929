import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { boxNameOf, lineLogger, messageOf, nodeDisk, separate } from '@phalanx/kit';
import { Guard } from './guard.js';
import { GuardHome } from './guard-home.js';
import { runTool } from './run-tool.js';

const USAGE = 'usage: guard --home DIR\n\n  --home DIR  folder of the box’s state (PHALANX_BOX_HOME)';
function readHome(): string | null {
  try {
    const { values } = parseArgs({ args: process.argv.slice(2), options: { home: { type: 'string' } } });
    return values.home ?? process.env['PHALANX_BOX_HOME'] ?? null;
  } catch {
    return null;
  }
}

const home = readHome();
if (home === null) {
  console.error(USAGE);
  process.exit(2);
}
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const logger = lineLogger({ process: 'guard' });
const separation = separate('guard', { box: boxNameOf(home), memoryBytes: totalmem() });
if (separation.problems.length > 0) logger.warn('the guard is not before everything else', { ...separation });
const guard = new Guard({ home: new GuardHome(resolve(home)), run: runTool, disk: nodeDisk, logger });
process.stdout.write(`ready home=${home}\n`);
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    guard.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('the guard did not end cleanly', { reason: messageOf(error) });
        process.exit(1);
      },
    );
  });
