import type { NetworkFinding } from '@phalanx/contracts';
import { judgeAddresses } from './addresses.js';
import { judgeInterfaces } from './interfaces.js';
import { judgeNames } from './names.js';
import { judgeReach } from './reach.js';
import { judgeRules } from './rules.js';
import { Findings, type Judge, type NetworkSubject } from './subject.js';

const JUDGES: readonly Judge[] = [judgeNames, judgeAddresses, judgeInterfaces, judgeRules, judgeReach];

/** All that is wrong or odd with a network policy; errors first, each in the order of the document. */
export function judgeNetwork(subject: NetworkSubject): NetworkFinding[] {
  const findings = new Findings();
  for (const judge of JUDGES) judge(subject, findings);
  const rank = ({ severity }: NetworkFinding) => (severity === 'error' ? 0 : 1);
  return findings.all.toSorted((a, b) => rank(a) - rank(b));
}
