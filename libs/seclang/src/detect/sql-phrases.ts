import type { SqlKind } from './sql-words.js';

/** One folded token: its kind, and its word when it is a known word or an operator. */
export interface SqlTerm {
  readonly kind: SqlKind;
  readonly word: string;
  /** The string that the value closes, or `;`: a statement may begin after it. */
  readonly endsStatement: boolean;
}

/**
 * Sequences of folded terms that show intent wherever they come. Lower-case words stand for themselves, capitals for classes:
 * N number, S string, V variable, W name, F known function or subquery, K any of N S V, X any operand, L logical operator, C comparison,
 * Q end of a statement (`;` or the string the value closes), B begin of the value, E end of the value (or a comment up to it).
 */
const phraseTexts: readonly (readonly string[])[] = [
  // United queries, and queries as operands.
  ['K union select', 'F union select', 'union select K', 'union select F', 'union select * from', 'union select W from', 'union select W ,'],
  ['X union all select', 'B union all select', 'X union distinct select', 'X union distinctrow select', 'X intersect select', 'X except select', 'X minus select'],
  ['K union all E', 'F union all E', 'K union E', 'K union exec', 'select X , F', 'F limit N', 'from W where W C', 'from information_schema', 'from sysobjects'],
  ['select W from W where', 'select W from W limit', 'select W from W order by', 'from syscolumns', 'from msysaccessobjects'],
  ['select K from', 'select F', 'select * from', 'select V', 'select W , K', 'select top N', 'select S', 'X C select', 'X L select', 'X o select'],
  // Tautologies and blind conditions.
  ['X L K C K', 'X L K C F', 'X L F', 'X L V', 'X L K C V', 'X C V L', 'X L W C null', 'X L K between K', 'F L F', 'F C F', 'X L K group by'],
  ['X order by N E', 'X order by N , N', 'X group by N E', 'X group by W having', 'X having K C', 'X having K L', 'X having F', 'X order by F', 'X having W C'],
  // Conditional expressions.
  ['case when K', 'case when F', 'case when W C', 'case when X then', 'case K when K'],
  // Files and stored procedures.
  ['into outfile', 'into dumpfile', 'procedure analyse', 'load data infile', 'load data local', 'load xml', '; load data'],
  // Statements after the end of one.
  ['Q select K', 'Q select F', 'Q select W from', 'Q select W ,', 'Q insert into W', 'Q delete from W', 'Q delete W from', 'Q update W set'],
  ['Q drop table', 'Q drop database', 'Q drop function', 'Q drop W E', 'Q drop user', 'Q drop view', 'Q alter table', 'Q alter database'],
  ['Q alter user', 'Q create table', 'Q create user', 'Q create function', 'Q create procedure', 'Q truncate', 'Q shutdown', 'Q begin declare'],
  ['Q begin shutdown', 'Q begin W', 'Q if F', 'Q if K C', 'Q if exists', 'Q waitfor', 'Q declare V', 'Q declare W', 'Q goto W', 'Q grant W'],
  ['Q set V', 'Q use W exec', 'B exec W S', 'K exec W S', 'exec W V', 'execute W V', 'Q exec W E', 'Q exec F', 'Q exec W S', 'Q exec W V', 'Q execute as', 'Q execute W V', 'Q execute W S', 'Q execute immediate'],
  ['update W set W C', 'insert into W values', 'insert into W select', 'waitfor delay', 'waitfor time', 'declare V', 'set V C'],
];

type TermTest = (term: SqlTerm | undefined) => boolean;

const kindClasses: ReadonlyMap<string, string> = new Map([
  ['N', '1'],
  ['S', 's'],
  ['V', 'v'],
  ['W', 'n'],
  ['F', 'f'],
  ['K', '1sv'],
  ['X', '1svnf'],
  ['L', '&'],
  ['C', '='],
  ['E', 'c'],
  ['o', 'o'],
]);

interface Phrase {
  readonly text: string;
  readonly tests: readonly TermTest[];
}

/** Phrases by what their last element can be, so that a term is tried against few of them. */
const phrasesByKind: ReadonlyMap<string, readonly Phrase[]> = indexPhrases(false);
const phrasesByWord: ReadonlyMap<string, readonly Phrase[]> = indexPhrases(true);

/** Finds a phrase that ends with the last of the terms; gives its text, or the empty string. */
export function matchPhrase(terms: readonly SqlTerm[]): string {
  const last = terms.at(-1);
  if (last === undefined) return '';
  return matchAny(phrasesByKind.get(last.kind), terms) || (last.word === '' ? '' : matchAny(phrasesByWord.get(last.word), terms));
}

function matchAny(phrases: readonly Phrase[] | undefined, terms: readonly SqlTerm[]): string {
  if (phrases === undefined) return '';
  for (const phrase of phrases) {
    if (endsWith(terms, phrase.tests)) return phrase.text;
  }
  return '';
}

function endsWith(terms: readonly SqlTerm[], tests: readonly TermTest[]): boolean {
  const offset = terms.length - tests.length;
  // Before the first term only B can match.
  if (offset < -1) return false;
  for (let i = tests.length - 1; i >= 0; i--) {
    if (!tests[i]?.(terms[offset + i])) return false;
  }
  return true;
}

function indexPhrases(byWord: boolean): Map<string, Phrase[]> {
  const index = new Map<string, Phrase[]>();
  for (const text of phraseTexts.flat()) {
    const elements = text.split(' ');
    const last = elements.at(-1) ?? '';
    const kinds = kindClasses.get(last) ?? (last === ',' ? ',' : '');
    if ((kinds === '') !== byWord) continue;
    const phrase: Phrase = { text, tests: elements.map(compileElement) };
    for (const key of byWord ? [last] : kinds) {
      const list = index.get(key) ?? [];
      list.push(phrase);
      index.set(key, list);
    }
  }
  return index;
}

function compileElement(element: string): TermTest {
  if (element === 'Q') return (term) => term?.endsStatement === true;
  if (element === 'B') return (term) => term === undefined;
  const kinds = kindClasses.get(element) ?? (element === ',' || element === ';' ? element : '');
  if (kinds !== '') return (term) => term !== undefined && kinds.includes(term.kind);
  return (term) => term?.word === element;
}
