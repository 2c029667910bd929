import type { DisruptionRecord, RuleRecord } from '../model/rule-record.js';
import { Macro } from './macro.js';
import type { RuleFacts } from './rule-facts.js';
import type { RulesetBindings } from './ruleset-bindings.js';
import { RuntimeLink } from './runtime-link.js';

/** A rule ready to run. */
export class RuntimeRule implements RuleFacts {
  readonly record: RuleRecord;
  /** Number in load order over all phases. */
  readonly index: number;
  readonly id: number;
  readonly severity: number;
  readonly revision: string;
  readonly links: readonly RuntimeLink[];
  readonly head: RuntimeLink;
  readonly disruption: DisruptionRecord;
  readonly msg: Macro;
  readonly logData: Macro;
  readonly location: Macro;
  /** Whether some link looks at MATCHED_VARS, for which matches have to be remembered. */
  readonly remembersMatches: boolean;
  /** Position in the phase's list to go on at after a match; -1: the next rule. */
  skipTo = -1;

  constructor(record: RuleRecord, index: number, bindings: RulesetBindings) {
    this.record = record;
    this.index = index;
    this.id = record.id;
    this.severity = record.severity;
    this.revision = record.revision;
    this.links = record.links.map((link) => new RuntimeLink(link, bindings));
    const [head] = this.links;
    if (head === undefined) throw new TypeError(`rule ${record.id} has no link`);
    this.head = head;
    this.disruption = record.disruption;
    this.msg = new Macro(record.msg, bindings.slots);
    this.logData = new Macro(record.logData, bindings.slots);
    this.location = new Macro(record.disruption.location, bindings.slots);
    this.remembersMatches = record.links.some((link) => link.targets.some(({ variable }) => variable.startsWith('MATCHED_VARS')));
  }

  get msgText(): string {
    return this.msg.source;
  }

  get logDataText(): string {
    return this.logData.source;
  }
}
