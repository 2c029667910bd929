import { messageOf } from '@phalanx/kit';
import { WORKER_ARGUMENT } from './primary/worker-handle.js';
import { parseApplianceOptions, runAppliance } from './appliance/appliance-door.js';
import { runStandalone } from './standalone/standalone-door.js';
import { parseStandaloneOptions } from './standalone/standalone-options.js';
import { UsageError } from './usage-error.js';
import { WorkerProcess } from './worker/worker-process.js';

/** The engine's two doors, and the worker process that the appliance door starts. */
async function main(args: readonly string[]): Promise<void> {
  if (args[0] === WORKER_ARGUMENT) WorkerProcess.run();
  else if (args.some((arg) => arg === '--home' || arg.startsWith('--home='))) await runAppliance(parseApplianceOptions(args));
  else await runStandalone(parseStandaloneOptions(args));
}

// Whoever read our output may be gone, or the disk that it goes to full: that is no reason to stop serving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
