import { Entry } from '../runtime/entry.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { TransactionState } from '../runtime/transaction-state.js';
import { fixedCollection, type Variable } from './variable.js';

/** Paths that can be named: all text, all attribute values. */
const TEXT_PATH = '/*';
const ATTRIBUTE_PATH = '//@*';

/** XML documents: `XML:/*` is their text in one piece, `XML://@*` each attribute's value. Entries carry the path as their name. */
export const xmlVariable: Variable = fixedCollection('XML', (state: TransactionState): readonly Entry[] => {
  if (state.xmlText === null) return state.xmlAttributes;
  return [state.xmlText, ...state.xmlAttributes];
});

/** Refuses paths other than the two that are known. */
export function checkXmlPath(path: string): void {
  if (path !== TEXT_PATH && path !== ATTRIBUTE_PATH) throw new RuleProblem(`XML path ${path} is not supported (known: /*, //@*)`);
}

/** The entry of a document's text. */
export function xmlTextEntry(text: string): Entry {
  return new Entry(TEXT_PATH, text);
}

/** The entry of one attribute value. */
export function xmlAttributeEntry(value: string): Entry {
  return new Entry(ATTRIBUTE_PATH, value);
}
