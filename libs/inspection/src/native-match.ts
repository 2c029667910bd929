import type { RuleMatch } from '@phalanx/seclang';
import { NATIVE_CHECKS } from './rules/reserved-ids.js';

/** A check that Phalanx makes beside the rules. */
export type NativeCheck = keyof typeof NATIVE_CHECKS;

/** An objection of Phalanx's own, in the form of a rule's match. `what` says it in a word or two. */
export function nativeMatch(check: NativeCheck, what: string): RuleMatch {
  const { id, message } = NATIVE_CHECKS[check];
  return {
    id,
    msg: `${message}: ${what}`,
    severity: 'CRITICAL',
    tags: [`phalanx/${check}`],
    data: what,
    phase: 1,
    matchedVar: check === 'malformed' ? 'REQUEST_LINE' : 'REQUEST',
    matchedBytes: what,
    file: '',
    line: 0,
  };
}
