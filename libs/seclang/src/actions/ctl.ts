import type { ControlRecord, ExclusionRecord, RuleSelection } from '../model/step-record.js';
import { RuleProblem } from '../model/rule-problem.js';
import { parseTargets } from '../parser/parse-targets.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import type { Action } from './action.js';
import { parseIdRanges } from './id-ranges.js';

/** Changes how the rest of the transaction is inspected: `ctl:option=value`. */
export const ctl: Action = {
  name: 'ctl',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    const equals = argument.indexOf('=');
    const option = (equals < 0 ? argument : argument.slice(0, equals)).trim();
    const parse = OPTIONS.get(option.toLowerCase());
    if (parse === undefined) throw new RuleProblem(`ctl:${option} is not supported`);
    if (equals < 0) throw new RuleProblem(`ctl:${option} needs a value`);
    link.steps.push({ kind: 'ctl', ...parse(argument.slice(equals + 1).trim()) });
  },
};

type OptionParser = (value: string) => ControlRecord;

const OPTIONS: ReadonlyMap<string, OptionParser> = new Map<string, OptionParser>([
  ['ruleremovebyid', (value) => ({ option: 'removeRules', selection: byId(value) })],
  ['ruleremovebytag', (value) => ({ option: 'removeRules', selection: byPattern('tag', value) })],
  ['ruleremovebymsg', (value) => ({ option: 'removeRules', selection: byPattern('msg', value) })],
  ['ruleremovetargetbyid', (value) => removeTarget(value, byId)],
  ['ruleremovetargetbytag', (value) => removeTarget(value, (text) => byPattern('tag', text))],
  ['ruleremovetargetbymsg', (value) => removeTarget(value, (text) => byPattern('msg', text))],
  ['ruleengine', (value) => ({ option: 'ruleEngine', value: oneOf(value, ['On', 'Off', 'DetectionOnly'] as const) })],
  [
    'requestbodyprocessor',
    (value) => ({ option: 'requestBodyProcessor', value: oneOf(value, ['URLENCODED', 'MULTIPART', 'JSON', 'XML'] as const) }),
  ],
  ['forcerequestbodyvariable', (value) => ({ option: 'forceRequestBodyVariable', value: onOff(value) })],
  ['requestbodyaccess', (value) => ({ option: 'requestBodyAccess', value: onOff(value) })],
  ['responsebodyaccess', (value) => ({ option: 'responseBodyAccess', value: onOff(value) })],
  ['requestbodylimit', (value) => ({ option: 'requestBodyLimit', value: bytes(value) })],
  ['responsebodylimit', (value) => ({ option: 'responseBodyLimit', value: bytes(value) })],
  ['auditengine', (value) => ({ option: 'auditEngine', value: oneOf(value, ['On', 'Off', 'RelevantOnly'] as const) })],
  ['auditlogparts', (value) => ({ option: 'auditLogParts', value: auditParts(value) })],
  ['hashengine', (value) => ({ option: 'hashEngine', value: oneOf(value, ['Off'] as const) })],
  ['debugloglevel', (value) => ({ option: 'debugLogLevel', value: String(bytes(value)) })],
]);

function byId(value: string): RuleSelection {
  return { by: 'id', ranges: parseIdRanges([value]) };
}

function byPattern(by: 'tag' | 'msg', value: string): RuleSelection {
  return { by, pattern: translatePattern(value, { capturing: false }).record };
}

function removeTarget(value: string, select: (text: string) => RuleSelection): ControlRecord {
  const semicolon = value.indexOf(';');
  if (semicolon < 0) throw new RuleProblem(`${value} names no target: expected rules, a semicolon and a target`);
  const targets = parseTargets(value.slice(semicolon + 1));
  const [target] = targets;
  if (targets.length !== 1 || target === undefined || target.mode !== 'include') throw new RuleProblem(`${value} names no single target`);
  const excluded: ExclusionRecord = { variable: target.variable, selector: target.selector, pattern: target.pattern };
  return { option: 'removeTarget', selection: select(value.slice(0, semicolon)), target: excluded };
}

function oneOf<T extends string>(value: string, known: readonly T[]): T {
  const found = known.find((word) => word.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw new RuleProblem(`${value} is not one of ${known.join(', ')}`);
  return found;
}

function onOff(value: string): boolean {
  return oneOf(value, ['On', 'Off'] as const) === 'On';
}

function bytes(value: string): number {
  if (!/^\d+$/.test(value)) throw new RuleProblem(`${value} is not a whole number`);
  return Number(value);
}

function auditParts(value: string): string {
  if (!/^[+-]?[A-Z]+$/.test(value)) throw new RuleProblem(`${value} is not a list of audit log parts`);
  return value;
}
