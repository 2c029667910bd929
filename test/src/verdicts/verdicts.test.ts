import { describe, expect, it } from '@jest/globals';
import { sharedData } from '@phalanx/testing';
import { DEBIAN_CRS, missingPackages, NGINX, NGINX_MODSECURITY } from '../peers/required-packages.js';
import { crs3 } from '../peers/rule-set.js';
import { withWorkbench } from '../peers/workbench.js';
import { agreement, compare } from './comparison.js';
import { mixedCorpus } from './corpus.js';
import { explain } from './explanations.js';
import { startTwoEngines } from './two-engines.js';
import { sample } from './verdict-case.js';

const missing = missingPackages([NGINX, NGINX_MODSECURITY, DEBIAN_CRS]);
if (missing !== null) console.log(`skipped: the comparison with ModSecurity needs: ${missing}`);
const hasCorpora = sharedData('crs-4.25.1') !== null && sharedData('injection') !== null;

/** Of more than 7,000; `npm run bench -- verdicts` sends all. */
const REQUESTS = 1_000;

(missing === null && hasCorpora ? describe : describe.skip)('the verdicts of the engine and of ModSecurity with the same CRS 3.3.4', () => {
  it('agree on 99.5 % of a mixed corpus, and each difference is explained', async () => {
    const corpus = sample(mixedCorpus(1), REQUESTS);
    const compared = await withWorkbench('verdicts', async (bench) => compare(await startTwoEngines(bench, crs3(), 1), corpus));
    const differences = compared.differences.map((difference) => `${difference.of.source} ${difference.of.name}: ${explain(difference)}`);
    console.log(`${compared.requests} requests, ${compared.blockedByBoth} blocked by both; differences:\n${differences.join('\n')}`);
    expect(differences.filter((text) => text.endsWith(': null'))).toEqual([]);
    expect(compared.blockedByBoth).toBeGreaterThan(REQUESTS / 10);
    expect(agreement(compared)).toBeGreaterThanOrEqual(0.995);
  }, 120_000);
});
