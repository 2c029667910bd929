import { Entry } from '../runtime/entry.js';
import { volatileCollection, type Variable } from './variable.js';

/** Facts of the rule in hand: `RULE:id`, `rev`, `severity`, `msg`, `logdata`. */
export const ruleVariable: Variable = volatileCollection(
  'RULE',
  ({ rule }) => {
    if (rule === null) return [];
    return [
      new Entry('id', String(rule.id)),
      new Entry('rev', rule.revision),
      new Entry('severity', rule.severity < 0 ? '' : String(rule.severity)),
      new Entry('msg', rule.msgText),
      new Entry('logdata', rule.logDataText),
    ];
  },
  true,
);
