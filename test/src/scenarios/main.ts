import { AppError, messageOf } from '@phalanx/kit';
import { runScenario, type Say } from './scenario.js';

/** `npm run scenario -- <n>`. Each is loaded only when it is asked for. */
const SCENARIOS: Readonly<Record<string, (say: Say) => Promise<void>>> = {
  12: async (say) => runScenario((await import('./12-cord-cut.js')).cordCut, say),
  14: async (say) => runScenario((await import('./14-drift.js')).drift, say),
  16: async (say) => runScenario((await import('./16-tenant-walls.js')).tenantWalls, say),
  17: async (say) => runScenario((await import('./17-rogue-enrolment.js')).rogueEnrolment, say),
  21: async (say) => runScenario((await import('./21-odd-clocks.js')).oddClocks, say),
  22: async (say) => runScenario((await import('./22-replacement.js')).replacement, say),
};

async function main([number]: readonly string[]): Promise<void> {
  const run = SCENARIOS[number ?? ''];
  if (!run) {
    const known = Object.keys(SCENARIOS).join(', ');
    throw new AppError(
      'invalid',
      'cli.usage',
      `there is no scenario ${number ?? '(none given)'}: npm run scenario -- <n>, one of ${known}`,
    );
  }
  await run((line) => console.log(line));
  console.log(`scenario ${number} holds`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof AppError && error.kind === 'invalid' ? messageOf(error) : error);
    process.exit(error instanceof AppError && error.kind === 'invalid' ? 2 : 1);
  },
);
