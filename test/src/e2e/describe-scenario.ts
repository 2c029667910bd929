import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Scenario } from '../scenarios/scenario.js';

/** An acceptance scenario as tests, one a step. */
export function describeScenario<World>(scenario: Scenario<World>): void {
  describe(`scenario ${scenario.number}, ${scenario.title}`, () => {
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
