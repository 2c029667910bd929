import { AppError, messageOf } from '@phalanx/kit';

/** A benchmark prints its figures as `name=value` lines; progress goes to standard error. */
type Bench = (args: readonly string[]) => Promise<void>;

/** `npm run bench -- <name>`. Each is loaded only when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  blocks: async () => (await import('./blocks.js')).benchBlocks,
  connections: async () => (await import('./connections/bench-connections.js')).benchConnections,
  engine: async () => (await import('./engine/bench-engine.js')).benchEngine,
  reload: async () => (await import('./reload/bench-reload.js')).benchReload,
  verdicts: async () => (await import('../verdicts/bench-verdicts.js')).benchVerdicts,
  worstcase: async () => (await import('./worst-case/bench-worst-case.js')).benchWorstCase,
  ingest: async () => (await import('./ingest.js')).benchIngest,
  separation: async () => (await import('./separation.js')).benchSeparation,
  push: async () => (await import('./push.js')).benchPush,
};

async function main([name, ...args]: readonly string[]): Promise<void> {
  const load = BENCHES[name ?? ''];
  if (!load) throw new AppError('invalid', 'cli.usage', `usage: npm run bench -- <name>, one of: ${Object.keys(BENCHES).join(', ')}`);
  await (
    await load()
  )(args);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof AppError && error.kind === 'invalid' ? messageOf(error) : error);
    process.exit(1);
  },
);
