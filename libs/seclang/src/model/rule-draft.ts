import type { OperatorText } from '../parser/parse-operator.js';
import type { MacroText } from './macro-text.js';
import type { DisruptionRecord, TargetRecord } from './rule-record.js';
import type { StepRecord } from './step-record.js';

/** One link of a chain while the pack is being read. */
export interface LinkDraft {
  readonly line: number;
  targets: TargetRecord[];
  readonly operator: OperatorText | null;
  transformations: string[];
  /** Whether `t:none` was met: inherited transformations don't count then. */
  isFresh: boolean;
  multiMatch: boolean;
  capture: boolean;
  isChained: boolean;
  steps: StepRecord[];
}

/** A disruptive action as written; `block` waits for the phase's SecDefaultAction. */
type DisruptionDraft = DisruptionRecord['kind'] | 'block';

/** A rule while the pack is being read. Undefined means that no action has said it. */
export interface RuleDraft {
  readonly file: string;
  readonly line: number;
  id: number | undefined;
  phase: number | undefined;
  readonly links: LinkDraft[];
  disruption: DisruptionDraft | undefined;
  location: MacroText;
  allowScope: DisruptionRecord['scope'];
  status: number | undefined;
  log: boolean | undefined;
  auditLog: boolean | undefined;
  msg: MacroText;
  logData: MacroText;
  severity: number;
  tags: string[];
  version: string;
  revision: string;
  maturity: number;
  skip: number;
  skipAfter: string;
}

/** A rule about which nothing has been said yet. */
export function emptyRule(file: string, line: number): RuleDraft {
  return {
    file,
    line,
    id: undefined,
    phase: undefined,
    links: [],
    disruption: undefined,
    location: '',
    allowScope: 'transaction',
    status: undefined,
    log: undefined,
    auditLog: undefined,
    msg: '',
    logData: '',
    severity: -1,
    tags: [],
    version: '',
    revision: '',
    maturity: 0,
    skip: 0,
    skipAfter: '',
  };
}

/** A link without actions. */
export function emptyLink(line: number, targets: TargetRecord[], operator: OperatorText | null): LinkDraft {
  return {
    line,
    targets,
    operator,
    transformations: [],
    isFresh: false,
    multiMatch: false,
    capture: false,
    isChained: false,
    steps: [],
  };
}
