import { sharedData } from '@phalanx/testing';
import { SeededRandom } from '../perf/requests/seeded-random.js';
import { injectionCases } from './injection-cases.js';
import { mutatedCases } from './mutated-cases.js';
import { regressionCases } from './regression-cases.js';
import { trafficCases } from './traffic-cases.js';
import type { VerdictCase } from './verdict-case.js';

const MUTATIONS = 1_000;

/** The mixed corpus: regression requests, injections, shop traffic, and mutations of all. The same for the same seed. Corpora that are not there are left out. */
export function mixedCorpus(seed: number): VerdictCase[] {
  const random = new SeededRandom(seed);
  const regression = sharedData('crs-4.25.1/tests/regression/tests');
  const injection = sharedData('injection');
  const originals = [
    ...(regression === null ? [] : regressionCases(regression)),
    ...(injection === null ? [] : injectionCases(injection, random)),
    ...trafficCases(random),
  ];
  return [...originals, ...mutatedCases(originals, MUTATIONS, random)];
}
