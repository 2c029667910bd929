/** Tells what was done and counted. */
export type Say = (line: string) => void;

interface ScenarioStep<World> {
  readonly title: string;
  /** Throws when it does not hold. */
  readonly run: (world: World, say: Say) => Promise<void>;
  /** A minute unless said. */
  readonly timeoutMs?: number;
}

/** An acceptance scenario: run by `npm run scenario -- <n>`, and step by step by the end-to-end tests. */
export interface Scenario<World> {
  readonly number: number;
  readonly title: string;
  /** What the scenario asks for that the product does not have yet, each in words. */
  readonly notThereYet: readonly string[];
  readonly open: (say: Say) => Promise<World>;
  readonly steps: readonly ScenarioStep<World>[];
  readonly close: (world: World) => Promise<void>;
}

/** Runs all steps in order. Throws the first failure, with the step's title before it. */
export async function runScenario<World>(scenario: Scenario<World>, say: Say): Promise<void> {
  say(`scenario ${scenario.number}: ${scenario.title}`);
  const world = await scenario.open(say);
  try {
    for (const step of scenario.steps) {
      const startedAt = performance.now();
      try {
        await step.run(world, (line) => say(`    ${line}`));
      } catch (cause) {
        throw new Error(`${step.title}: it does not hold`, { cause });
      }
      say(`  holds: ${step.title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    }
  } finally {
    await scenario.close(world);
  }
  for (const missing of scenario.notThereYet) say(`  not there yet: ${missing}`);
}
