import type { AttackEvent, Level, MatchedRule } from '@phalanx/contracts';
import type { RequestMasker } from './mask/masker.js';
import { printable } from './printable.js';
import type { ExchangeFacts } from './exchange-facts.js';
import type { RuleMatch } from '@phalanx/seclang';

const MAX_RULES = 64;
const MAX_TAGS = 64;
const MAX_MATCHED = 200;

/** What was found about an exchange, before it is masked. */
export interface Finding {
  readonly matches: readonly RuleMatch[];
  readonly action: AttackEvent['action'];
  /** HTTP status that the client sees; 0 where no answer has been chosen. */
  readonly status: number;
  readonly score: AttackEvent['score'];
  readonly stage: string;
}

/** When and where: the times of the box at which the event is written. */
export interface EventMoment {
  readonly bootId: string;
  readonly monotonicMs: number;
}

/** The bytes that matter: all of a short value, and of a long one the part that the rule says it found. */
function matchedPart({ matchedBytes, data }: RuleMatch): string {
  if (matchedBytes.length <= MAX_MATCHED) return matchedBytes;
  return /^Matched Data: ([^]+?) found within /.exec(data)?.[1] ?? matchedBytes;
}

/** One match as an event shows it. */
function matchedRuleOf(match: RuleMatch, masker: RequestMasker): MatchedRule {
  return {
    id: match.id,
    message: masker.text(match.msg, 500),
    severity: match.severity,
    tags: match.tags.slice(0, MAX_TAGS).map((tag) => printable(tag, 200)),
    variable: masker.text(match.matchedVar, 300),
    matched: masker.matched(match.matchedVar, matchedPart(match), MAX_MATCHED),
  };
}

/** The attack event of an exchange: everything in it masked, printable and within the contract's lengths. */
export function attackEvent(facts: ExchangeFacts, finding: Finding, level: Level, masker: RequestMasker, moment: EventMoment): AttackEvent {
  const { request } = facts;
  const userAgent = request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? '';
  return {
    kind: 'attack',
    time: new Date().toISOString(),
    bootId: moment.bootId,
    monotonicMs: moment.monotonicMs,
    requestId: facts.requestId,
    applicationId: facts.application?.id ?? null,
    source: facts.client.address.slice(0, 64),
    peer: facts.peer.address.slice(0, 64),
    method: printable(request.method, 64),
    host: printable(request.host, 300),
    path: masker.text(request.path, 4000),
    query: masker.query(request.query, 4000),
    protocol: printable(request.protocol, 20),
    userAgent: masker.header('user-agent', userAgent, 500),
    rules: finding.matches.slice(0, MAX_RULES).map((match) => matchedRuleOf(match, masker)),
    action: finding.action,
    status: finding.status,
    score: finding.score,
    level,
    stage: finding.stage,
    count: 1,
  };
}

/**
 * What folds together within a second: source, rule, application and outcome. The rule is the first that matched, so a flood of
 * one kind is one fold even where each request differs.
 */
export function foldKindOf(event: AttackEvent): string {
  return `${event.source} ${event.rules[0]?.id ?? 0} ${event.applicationId ?? '-'} ${event.action} ${event.stage}`;
}
