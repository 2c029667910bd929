import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AppError } from '@phalanx/kit';
import type { Scenario } from '../scenarios/scenario.js';

/** An acceptance scenario as tests, one a step. `lacking`: why this machine can't run it; it is skipped then, except in CI, where it fails. */
export function describeScenario<World>(scenario: Scenario<World>, lacking: string | null = null): void {
  const title = `scenario ${scenario.number}, ${scenario.title}`;
  if (lacking !== null) {
    if (process.env['CI']) throw new AppError('unavailable', 'test.lacking', `${title}: ${lacking}; in CI nothing is skipped`);
    console.log(`skipped: ${title}: ${lacking}`);
  }
  (lacking === null ? describe : describe.skip)(title, () => {
    let world: World | undefined;
    const said: string[] = [];

    beforeAll(async () => {
      world = await scenario.open((line) => said.push(line));
    }, 240_000);

    afterAll(async () => {
      if (world) await scenario.close(world);
      console.log(said.join('\n'));
    }, 60_000);

    for (const { title, run, timeoutMs = 60_000 } of scenario.steps)
      it(title, () => run(world!, (line) => said.push(`${title}: ${line}`)), timeoutMs);
  });
}
