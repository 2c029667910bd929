import { browserHeaders, rawRequest, shopTarget } from './browser.js';
import type { SeededRandom } from './seeded-random.js';

/** Injections that CRS blocks at paranoia level 1; each gets numbers of its own. URL-encoded. */
const INJECTIONS: readonly [(random: SeededRandom) => string, ...((random: SeededRandom) => string)[]] = [
  (random) => `${random.integer(1, 99_999)}%27%20or%20${random.integer(1, 99_999)}=${random.integer(1, 99_999)}--%20`,
  (random) => `${random.integer(1, 99_999)}%20union%20select%20card,name${random.integer(1, 9_999)}%20from%20customers--`,
  (random) => `%3Cscript%3Ealert(${random.integer(1, 99_999)})%3C/script%3E`,
  (random) => `%22%3E%3Cimg%20src=x${random.integer(1, 99_999)}%20onerror=alert(1)%3E`,
  (random) => `../../../../etc/passwd%00${random.integer(1, 99_999)}`,
  (random) => `;cat%20/etc/passwd%20${random.integer(1, 99_999)}`,
];

/** The header that tells each attack of a run by its number, so that it can be found in the audit file. */
export const ATTACK_HEADER = 'X-Attack';

/** The GET of a shop with an injection in one more parameter. The client puts its number behind `X-Attack: `. */
export function attack(random: SeededRandom): string {
  const target = `${shopTarget(random)}&id=${random.pick(INJECTIONS)(random)}`;
  return rawRequest('GET', target, browserHeaders(random));
}
