import type { SqlKind } from './sql-words.js';

/** One folded token: its kind, and its word when it is a known word or an operator. */
export interface SqlTerm {
  readonly kind: SqlKind;
  readonly word: string;
  /** Its kind as one bit, and whether a statement may begin after it: what phrases are matched by. */
  readonly bits: number;
}

/**
 * Sequences of folded terms that show intent wherever they come. Lower-case words stand for themselves, capitals for classes:
 * N number, S string, V variable, W name, F known function or subquery, K any of N S V, X any operand, L logical operator, C comparison, O arithmetic,
 * Q end of a statement (`;` or the string the value closes), B begin of the value, E end of the value (or a comment up to it).
 */
const phraseTexts: readonly (readonly string[])[] = [
  // United queries, and queries as operands.
  [
    'K union select',
    'F union select',
    'union select K',
    'union select F',
    'union select * from',
    'union select W from',
    'union select W ,',
  ],
  [
    'X union all select',
    'B union all select',
    'X union distinct select',
    'X union distinctrow select',
    'X intersect select',
    'X except select',
    'X minus select',
  ],
  [
    'K union all E',
    'F union all E',
    'K union E',
    'K union exec',
    'select X , F',
    'F limit N',
    'from W where W C',
    'from information_schema',
    'from sysobjects',
  ],
  ['select W from W where', 'select W from W limit', 'select W from W order by', 'from syscolumns', 'from msysaccessobjects'],
  [
    'select K from',
    'select F',
    'select * from',
    'select V',
    'select W , K',
    'select top N',
    'select S',
    'X C select',
    'X L select',
    'X O select K',
    'X O select F',
    'X O select W from',
  ],
  // Tautologies and blind conditions.
  [
    'X L K C K',
    'X L K C F',
    'X L F',
    'X L V',
    'X L K C V',
    'X C V L',
    'X L W C null',
    'X L K between K',
    'F L F',
    'F C F',
    'X L K group by',
  ],
  [
    'X order by N E',
    'X order by N , N',
    'X group by N E',
    'X group by W having',
    'X having K C',
    'X having K L',
    'X having F',
    'X order by F',
    'X having W C',
  ],
  ['X , select K', 'X , select F', 'K into V', 'K where K C', 'L utl_inaddr', 'L utl_http', 'L dbms_pipe', 'L dbms_lock'],
  // Conditional expressions.
  ['case when K', 'case when F', 'case when W C', 'case when X then', 'case K when K'],
  // Files and stored procedures.
  ['into outfile', 'into dumpfile', 'procedure analyse', 'load data infile', 'load data local', 'load xml', '; load data'],
  // Statements after the end of one.
  [
    'Q select K',
    'Q select F',
    'Q select W from',
    'Q select W ,',
    'Q insert into W',
    'Q delete from W',
    'Q delete W from',
    'Q update W set',
  ],
  ['Q drop table', 'Q drop database', 'Q drop function', 'Q drop W E', 'Q drop user', 'Q drop view', 'Q alter table', 'Q alter database'],
  [
    'Q alter user',
    'Q create table',
    'Q create user',
    'Q create function',
    'Q create procedure',
    'Q truncate',
    'Q shutdown',
    'Q begin declare',
  ],
  [
    'Q begin shutdown',
    'Q begin W',
    'Q if F',
    'Q if K C',
    'Q if exists',
    'Q waitfor',
    'Q declare V',
    'Q declare W',
    'Q goto W',
    'Q grant W',
  ],
  [
    'Q set V',
    'Q use W exec',
    'B exec W S',
    'K exec W S',
    'exec W V',
    'execute W V',
    'Q exec W E',
    'Q exec F',
    'Q exec W S',
    'Q exec W V',
    'Q execute as',
    'Q execute W V',
    'Q execute W S',
    'Q execute immediate',
  ],
  ['update W set W C', 'insert into W values', 'insert into W select', 'waitfor delay', 'waitfor time', 'declare V', 'set V C'],
];

const kindBits = {
  '1': 1,
  s: 2,
  v: 4,
  n: 8,
  f: 16,
  '&': 32,
  '=': 64,
  o: 128,
  '!': 256,
  k: 512,
  '(': 1024,
  ')': 2048,
  ',': 4096,
  ';': 8192,
  '.': 16384,
  c: 32768,
  '?': 65536,
} satisfies Record<SqlKind, number>;

const statementEnd = 1 << 17;

const anyTerm = (1 << 18) - 1;

const classMasks: ReadonlyMap<string, number> = new Map([
  ['N', kindBits['1']],
  ['S', kindBits.s],
  ['V', kindBits.v],
  ['W', kindBits.n],
  ['F', kindBits.f],
  ['K', kindBits['1'] | kindBits.s | kindBits.v],
  ['X', kindBits['1'] | kindBits.s | kindBits.v | kindBits.n | kindBits.f],
  ['L', kindBits['&']],
  ['C', kindBits['=']],
  ['E', kindBits.c],
  ['Q', statementEnd],
  ['O', kindBits.o],
  [',', kindBits[',']],
  [';', kindBits[';']],
]);

interface Phrase {
  readonly text: string;
  /** The phrase must begin with the value. */
  readonly fromStart: boolean;
  /** What each term may be; a word is compared only where one is given. */
  readonly masks: readonly number[];
  readonly words: readonly string[];
}

const phrases: readonly Phrase[] = phraseTexts.flat().map(compilePhrase);

/** Phrases that may end with a term of some kind, whatever its word. */
interface PhraseEnd {
  readonly phrases: readonly Phrase[];
  /** What stands before the last term in any of them, where no word is given for it. */
  readonly before: number;
}

/** By kind (number of its bit): most terms are told apart by the one before. */
const endsByKind: readonly PhraseEnd[] = Object.values(kindBits).map((bit) => {
  const ending = phrases.filter((phrase) => canEndWith(phrase, bit));
  const before = ending.reduce((bits, { masks, words }) => bits | (words.at(-2) === '' ? (masks.at(-2) ?? 0) : 0), 0);
  return { phrases: ending, before };
});
const phrasesByWord: ReadonlyMap<string, readonly Phrase[]> = Map.groupBy(
  phrases.filter((phrase) => phrase.words.at(-1) !== ''),
  (phrase) => phrase.words.at(-1) ?? '',
);

/** Terms without a word, made once: hostile values have a hundred thousand of them. */
const plainTerms: ReadonlyMap<SqlKind, SqlTerm> = new Map(
  (Object.keys(kindBits) as SqlKind[]).map((kind) => [kind, { kind, word: '', bits: kindBits[kind] }]),
);

/** The term of a kind; `endsStatement` marks `;` and the string that the value closes. */
export function sqlTerm(kind: SqlKind, word: string, endsStatement: boolean): SqlTerm {
  const plain = word === '' && !endsStatement ? plainTerms.get(kind) : undefined;
  return plain ?? { kind, word, bits: kindBits[kind] | (endsStatement ? statementEnd : 0) };
}

/** Whether a statement may begin after this term. */
export function endsStatement(term: SqlTerm | undefined): boolean {
  return term !== undefined && (term.bits & statementEnd) !== 0;
}

/** Finds a phrase that ends with the last of the terms, of which there are at least two; gives its text, or the empty string. */
export function matchPhrase(terms: readonly SqlTerm[]): string {
  const last = terms[terms.length - 1];
  const before = terms[terms.length - 2];
  if (last === undefined || before === undefined) return '';
  const end = endsByKind[31 - Math.clz32(last.bits & ~statementEnd)]!;
  const found = before.word === '' && (before.bits & end.before) === 0 ? '' : matchAny(end.phrases, terms);
  return found !== '' || last.word === '' ? found : matchAny(phrasesByWord.get(last.word), terms);
}

function matchAny(candidates: readonly Phrase[] | undefined, terms: readonly SqlTerm[]): string {
  if (candidates === undefined) return '';
  for (let at = 0; at < candidates.length; at++) if (endsWith(terms, candidates[at]!)) return candidates[at]!.text;
  return '';
}

function endsWith(terms: readonly SqlTerm[], phrase: Phrase): boolean {
  const { masks, words } = phrase;
  const offset = terms.length - masks.length;
  if (phrase.fromStart ? offset !== 0 : offset < 0) return false;
  for (let i = masks.length - 1; i >= 0; i--) {
    const term = terms[offset + i];
    if (term === undefined || (term.bits & (masks[i] ?? 0)) === 0) return false;
    const word = words[i];
    if (word !== '' && term.word !== word) return false;
  }
  return true;
}

function canEndWith(phrase: Phrase, bit: number): boolean {
  return phrase.words.at(-1) === '' && ((phrase.masks.at(-1) ?? 0) & bit) !== 0;
}

function compilePhrase(text: string): Phrase {
  const elements = text.split(' ');
  const fromStart = elements[0] === 'B';
  const body = fromStart ? elements.slice(1) : elements;
  return {
    text,
    fromStart,
    masks: body.map((element) => classMasks.get(element) ?? anyTerm),
    words: body.map((element) => (classMasks.has(element) ? '' : element)),
  };
}
