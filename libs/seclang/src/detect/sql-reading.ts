import { isLetter } from './bytes.js';
import { endsStatement, matchPhrase, sqlTerm } from './sql-phrases.js';
import type { SqlTerm } from './sql-phrases.js';
import { SqlTokenizer } from './sql-tokenizer.js';
import type { SqlContext } from './sql-tokenizer.js';
import type { SqlKind } from './sql-words.js';

/** Clause words that follow an operand; every other keyword begins something. */
const infixKeywords: ReadonlySet<string> = new Set(
  (
    'union intersect except minus from where group order having limit offset procedure into for then else end join inner outer natural on ' +
    'using as by collate escape asc desc over isnull notnull set values when'
  ).split(' '),
);

/** Objects of a database, also met as names of columns. */
const nounKeywords: ReadonlySet<string> = new Set([
  'table',
  'column',
  'user',
  'index',
  'view',
  'schema',
  'data',
  'function',
  'trigger',
  'xml',
]);

/** Transact-SQL needs no separator before these. */
const statementWords: ReadonlySet<string> = new Set(['exec', 'execute', 'declare', 'waitfor']);

/** Calls that no harmless text contains. */
const telltaleCalls: ReadonlySet<string> = new Set(
  (
    'sleep benchmark pg_sleep load_file extractvalue updatexml xp_cmdshell sp_executesql openrowset opendatasource utl_http utl_inaddr ' +
    'randomblob zeroblob name_const group_concat concat_ws serverproperty suser_sname current_database db_name connection_id ' +
    'sqlite_version unhex generate_series find_in_set'
  ).split(' '),
);

/** Tokens still read after the first place where no SQL grammar would go on: enough for a phrase, little enough for long prose. */
const TOKENS_AFTER_FAULT = 24;

const faultTerm: SqlTerm = sqlTerm('?', '', false);

interface OpenParenthesis {
  readonly termIndex: number;
  readonly isCall: boolean;
}

/** What was read of a value in one context, as a judge needs it. */
export interface SqlEvidence {
  /** Phrase or call that settles it; empty when nothing did. */
  readonly phrase: string;
  /** Every token stood where some SQL grammar allows it. */
  readonly isGrammatical: boolean;
  /** The value ends with a complete operand. */
  readonly isComplete: boolean;
  /** `quote`: in a string opened by the quote of the context; `comment`: in a comment; `open`: neither. */
  readonly ending: 'quote' | 'comment' | 'open';
  /** The comment at the end has nothing in it. */
  readonly isCommentBare: boolean;
  readonly logic: number;
  readonly comparisons: number;
  /** Logical operators and comparisons spelled with symbols. */
  readonly symbols: number;
  /** Arithmetic other than plus, minus and slash. */
  readonly arithmetic: number;
  /** Plus, minus and slash, which prose and paths have too. */
  readonly dashes: number;
  readonly calls: number;
  readonly subqueries: number;
  readonly systemVariables: number;
  readonly clauses: number;
  readonly closedParentheses: number;
  /** Operands that are numbers, strings or variables, the string the value closes not counted. */
  readonly constants: number;
  readonly first: SqlKind;
  /** Letters of the first eight tokens. */
  readonly letters: string;
}

/** Reads a value in one context to its end, or until it is settled. */
export function readSql(value: string, context: SqlContext): SqlEvidence {
  const reading = new SqlReading(value, context);
  reading.run();
  return reading;
}

/**
 * An operand/operator automaton over the tokens. Terms are folded as they come (`1+2`, `a,b`, `a.b` become one operand, a call or a
 * parenthesised expression collapses when it closes), so phrases match through any padding. Work is linear in the tokens.
 */
class SqlReading implements SqlEvidence {
  phrase = '';
  isGrammatical = true;
  ending: 'quote' | 'comment' | 'open' = 'open';
  isCommentBare = false;
  logic = 0;
  comparisons = 0;
  arithmetic = 0;
  symbols = 0;
  dashes = 0;
  calls = 0;
  subqueries = 0;
  systemVariables = 0;
  clauses = 0;
  closedParentheses = 0;
  constants = 0;
  first: SqlKind = '?';
  letters = '';
  readonly #tokenizer: SqlTokenizer;
  readonly #context: SqlContext;
  readonly #value: string;
  readonly #terms: SqlTerm[] = [];
  readonly #open: OpenParenthesis[] = [];
  #expectsOperand = true;
  #tokensAfterFault = 0;
  #hasSelect = false;
  #tokensSinceComment = TOKENS_AFTER_FAULT;

  constructor(value: string, context: SqlContext) {
    this.#tokenizer = new SqlTokenizer(value, context);
    this.#context = context;
    this.#value = value;
  }

  get isComplete(): boolean {
    return !this.#expectsOperand;
  }

  run(): void {
    const tokenizer = this.#tokenizer;
    while (this.phrase === '' && tokenizer.next()) {
      if (this.letters.length < 8) {
        this.letters += tokenizer.kind;
        if (this.letters.length === 1) this.first = tokenizer.kind;
      }
      if (tokenizer.kind === 'c') break;
      this.#tokensSinceComment = tokenizer.followsComment ? 0 : this.#tokensSinceComment + 1;
      this.#take(tokenizer.kind, tokenizer.word);
      if (!this.isGrammatical && ++this.#tokensAfterFault > TOKENS_AFTER_FAULT) return;
    }
    if (this.phrase === '') this.#end();
  }

  #end(): void {
    const tokenizer = this.#tokenizer;
    if (tokenizer.kind === 'c') {
      this.ending = 'comment';
      this.isCommentBare = this.#value.slice(tokenizer.commentBody, tokenizer.commentBody + 8).trim() === '';
    } else if (tokenizer.openQuote !== '') {
      this.ending = tokenizer.openQuote === this.#context.quote && this.letters.length > 1 ? 'quote' : 'open';
      if (tokenizer.openQuote !== this.#context.quote) this.isGrammatical = false;
    }
    if (this.isGrammatical) this.#push('c', '');
  }

  #take(kind: SqlKind, word: string): void {
    switch (kind) {
      case '1':
      case 's':
      case 'v':
      case 'n':
        return this.#operand(kind, word);
      case 'f':
        return this.#call(word);
      case '(':
        return this.#openGroup();
      case ')':
        return this.#closeGroup();
      case '&':
      case '=':
      case 'o':
      case ',':
      case '.':
        return this.#operator(kind, word);
      case '!':
        return this.#prefix(word);
      case ';':
        if (this.#expectsOperand) this.#fault();
        this.#push(';', '');
        this.#expectsOperand = true;
        return;
      case 'k':
        return this.#keyword(word);
      default:
        // Backslashes are left over from escaping on the way and say nothing about grammar.
        if (word !== '\\') this.#fault();
    }
  }

  #operand(kind: SqlKind, word: string): void {
    if (!this.#expectsOperand) {
      // An alias behind a column or table.
      if (this.#hasSelect && (kind === 'n' || kind === 's')) return;
      if (this.#followsProcedure()) return this.#push(kind, word);
      this.#fault();
    }
    if (kind === 'v' && word === '@@') this.systemVariables++;
    if (kind !== 'n' && !(this.#terms.length === 0 && this.#context.quote !== '')) this.constants++;
    this.#expectsOperand = false;
    if (!this.#foldsIntoLast()) this.#push(kind, word);
  }

  /** Arguments of `exec name` come without parentheses. */
  #followsProcedure(): boolean {
    const word = this.#terms.at(-2)?.word;
    return word === 'exec' || word === 'execute';
  }

  /** `1+2`, `a,b`, `a.b`, `a as b` count as their first operand. */
  #foldsIntoLast(): boolean {
    const operator = this.#terms.at(-1);
    const left = this.#terms.at(-2);
    if (operator === undefined || left === undefined || !isOperand(left.kind)) return false;
    if (operator.kind !== 'o' && operator.kind !== ',' && operator.kind !== '.' && operator.word !== 'as') return false;
    this.#terms.pop();
    return true;
  }

  #call(word: string): void {
    // A method of an object, not a function of the database.
    if (this.#terms.at(-1)?.kind === '.') return this.#operand('n', word);
    if (!this.#expectsOperand) this.#fault();
    this.calls++;
    this.#push('f', word);
    if (telltaleCalls.has(word)) this.phrase ||= `${word}()`;
    this.#expectsOperand = false;
  }

  #openGroup(): void {
    const last = this.#terms.at(-1);
    const isCall = last !== undefined && !this.#expectsOperand && (last.kind === 'f' || (last.kind === 'n' && this.#tokenizer.isTight));
    if (!isCall && !this.#expectsOperand) this.#fault();
    this.#open.push({ termIndex: this.#terms.length, isCall });
    this.#expectsOperand = true;
  }

  #closeGroup(): void {
    const open = this.#open.pop();
    if (open === undefined) {
      if (this.#expectsOperand) this.#fault();
      this.closedParentheses++;
      return;
    }
    const isEmpty = this.#terms.length === open.termIndex;
    if (this.#expectsOperand && !(open.isCall && isEmpty)) this.#fault();
    this.#expectsOperand = false;
    const inside = this.#terms[open.termIndex];
    if (this.#terms.length > open.termIndex) this.#terms.length = open.termIndex;
    if (open.isCall) {
      const call = this.#terms.pop();
      if (call !== undefined && !this.#foldsIntoLast()) this.#terms.push(call);
      return;
    }
    if (inside === undefined) return;
    const isQuery = inside.word === 'select';
    if (this.#foldsIntoLast()) return;
    this.#push(isQuery ? 'f' : isOperand(inside.kind) ? inside.kind : 'n', isQuery ? '' : inside.word);
  }

  #operator(kind: SqlKind, word: string): void {
    if (this.#expectsOperand) {
      if (kind === 'o' && (word === '+' || word === '-')) return;
      if (kind === 'o' && word === '*') return this.#operand('1', '*');
      if (kind === '.' && this.#terms.at(-1)?.kind === '.') return;
      if (kind === '=' && isLetter(word.charCodeAt(0)) && this.#terms.at(-1)?.word === 'sounds') return;
      this.#fault();
    }
    const isSymbol = !isLetter(word.charCodeAt(0));
    if ((kind === '&' || kind === '=') && isSymbol) this.symbols++;
    if (kind === '&') this.logic++;
    else if (kind === '=') this.comparisons++;
    else if (word === '-' || word === '+' || word === '/') this.dashes++;
    else if (kind === 'o') this.arithmetic++;
    this.#push(kind, isSymbol ? '' : word);
    this.#expectsOperand = true;
  }

  #prefix(word: string): void {
    if (this.#expectsOperand || word === 'not') return;
    if (word === '~') return this.#operator('=', word);
    this.#fault();
    this.#expectsOperand = true;
  }

  #keyword(word: string): void {
    const last = this.#terms.at(-1);
    const continuesKeyword = last?.kind === 'k';
    if (this.#expectsOperand && nounKeywords.has(word) && (!continuesKeyword || last.word === 'select' || last.word === 'by')) {
      return this.#operand('n', word);
    }
    if (word === 'union' && this.#tokensSinceComment <= 3) this.phrase ||= 'comment union';
    if (!continuesKeyword && !endsStatement(last) && !statementWords.has(word)) {
      const isInfix = infixKeywords.has(word);
      if (isInfix === this.#expectsOperand && !(word === 'end' || word === 'all')) this.#fault();
    }
    if (word === 'select') {
      this.#hasSelect = true;
      this.subqueries++;
    } else this.clauses++;
    this.#push('k', word);
    this.#expectsOperand = word !== 'end' && word !== 'asc' && word !== 'desc' && word !== 'isnull' && word !== 'notnull';
  }

  #push(kind: SqlKind, word: string): void {
    const mayBeginStatement = kind === ';' || (this.#terms.length === 0 && this.#context.quote !== '');
    this.#terms.push(sqlTerm(kind, word, mayBeginStatement));
    if (this.#terms.length > 1) this.phrase ||= matchPhrase(this.#terms);
  }

  #fault(): void {
    this.isGrammatical = false;
    if (this.#terms.length > 0) this.#terms.push(faultTerm);
  }
}

function isOperand(kind: SqlKind): boolean {
  return kind === '1' || kind === 's' || kind === 'v' || kind === 'n' || kind === 'f';
}
