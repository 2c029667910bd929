import { ByteSet, setOfByte } from './byte-set.js';
import { parseByteEscape, parseClass } from './parse-class.js';
import { PatternCursor } from './pattern-cursor.js';
import type { Pattern, PatternNode } from './pattern-node.js';

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly extended: boolean;
}

/** `.` matches newlines and `$` is the very end, as in ModSecurity's own compile options. */
const DEFAULT_FLAGS: Flags = { ignoreCase: false, dotAll: true, multiline: false, extended: false };
const ANY = ByteSet.all();
const NOT_NEWLINE = ByteSet.of(0x0a).inverted();
const MAX_REPEAT = 65_535;
const MAX_NESTING = 250;

/**
 * Parses a PCRE pattern over bytes. Throws RuleProblem with the offset for anything that PCRE refuses, or that is not supported
 * (recursion, conditions, verbs, Unicode properties).
 */
export function parsePattern(text: string, ignoreCase = false): Pattern {
  return new PatternParser(text).parse({ ...DEFAULT_FLAGS, ignoreCase });
}

class PatternParser {
  readonly #cursor: PatternCursor;
  readonly #names = new Map<string, number>();
  #groupCount = 0;
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new PatternCursor(text);
  }

  parse(flags: Flags): Pattern {
    if (this.#cursor.peek() === '(' && this.#cursor.peek(1) === '*') throw this.#cursor.problem('verbs (*…) are not supported');
    const node = this.#alternation(flags);
    if (!this.#cursor.atEnd) throw this.#cursor.problem('unmatched )');
    return { node, groupCount: this.#groupCount };
  }

  #alternation(outer: Flags): PatternNode {
    if (++this.#depth > MAX_NESTING) throw this.#cursor.problem(`nested deeper than ${MAX_NESTING} groups`);
    const options: PatternNode[] = [];
    let flags = outer;
    let items: PatternNode[] = [];
    for (;;) {
      const char = this.#cursor.peek();
      if (char === '' || char === ')') break;
      if (char === '|') {
        this.#cursor.take();
        options.push(sequence(items));
        items = [];
        continue;
      }
      // An option setting such as (?i) holds to the end of the enclosing group, over its alternatives too.
      const setting = this.#cursor.match(/\(\?([imsx]*)(?:-([imsx]+))?\)/y);
      if (setting !== null) {
        flags = withFlags(flags, setting[1] ?? '', setting[2] ?? '');
        continue;
      }
      if (this.#skipped(flags)) continue;
      const atom = this.#atom(flags);
      items.push(this.#quantified(atom, flags));
    }
    this.#depth--;
    if (options.length === 0) return sequence(items);
    options.push(sequence(items));
    return { kind: 'alternate', options };
  }

  /** Comments, and white space under (?x). */
  #skipped(flags: Flags): boolean {
    if (this.#cursor.accept('(?#')) {
      this.#cursor.until(')', 'comment');
      return true;
    }
    return flags.extended && this.#cursor.match(/[\t-\r ]+|#[^\n]*\n?/y) !== null;
  }

  #atom(flags: Flags): PatternNode {
    const char = this.#cursor.take();
    switch (char) {
      case '.':
        return { kind: 'bytes', set: flags.dotAll ? ANY : NOT_NEWLINE };
      case '^':
        return { kind: 'assert', what: flags.multiline ? 'line-start' : 'start' };
      case '$':
        return { kind: 'assert', what: flags.multiline ? 'line-end' : 'end' };
      case '[':
        return { kind: 'bytes', set: parseClass(this.#cursor, flags.ignoreCase) };
      case '(':
        return this.#group(flags);
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        throw this.#cursor.problem('nothing to repeat');
      default:
        return byteNode(char.charCodeAt(0), flags);
    }
  }

  #escape(flags: Flags): PatternNode {
    const next = this.#cursor.peek();
    switch (next) {
      case 'b':
      case 'B':
        this.#cursor.take();
        return { kind: 'assert', what: next === 'b' ? 'word' : 'not-word' };
      case 'A':
        this.#cursor.take();
        return { kind: 'assert', what: 'start' };
      case 'z':
      case 'Z':
        this.#cursor.take();
        return { kind: 'assert', what: next === 'z' ? 'end' : 'end-or-newline' };
      case 'Q':
        this.#cursor.take();
        return this.#quotedRun(flags);
      case 'E':
        this.#cursor.take();
        return sequence([]);
      default:
    }
    const named = this.#cursor.match(/k(?:<(\w+)>|'(\w+)'|\{(\w+)\})/y);
    if (named !== null) return this.#reference(this.#names.get(named[1] ?? named[2] ?? named[3] ?? '') ?? 0, flags);
    const reference = this.#cursor.match(/g\{?(\d+)\}?|[1-9](?![0-7]{2})\d?/y);
    if (reference !== null) return this.#reference(Number(reference[1] ?? reference[0]), flags);
    const escaped = parseByteEscape(this.#cursor);
    return typeof escaped === 'number' ? byteNode(escaped, flags) : { kind: 'bytes', set: escaped };
  }

  #quotedRun(flags: Flags): PatternNode {
    const { text, offset } = this.#cursor;
    const end = text.indexOf('\\E', offset);
    const quoted = text.slice(offset, end < 0 ? text.length : end);
    this.#cursor.offset = end < 0 ? text.length : end + 2;
    return sequence([...quoted].map((char) => byteNode(char.charCodeAt(0), flags)));
  }

  #reference(index: number, { ignoreCase }: Flags): PatternNode {
    if (index < 1 || index > this.#groupCount) throw this.#cursor.problem('reference to a group that does not exist');
    return { kind: 'backreference', index, ignoreCase };
  }

  #group(flags: Flags): PatternNode {
    const cursor = this.#cursor;
    if (!cursor.accept('?')) return this.#captured(flags, '');
    const name = cursor.match(/P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'/y);
    if (name !== null) return this.#captured(flags, name[1] ?? name[2] ?? '');
    if (cursor.accept(':')) return this.#closed(flags);
    if (cursor.accept('>')) return { kind: 'atomic', item: this.#closed(flags) };
    const look = cursor.match(/(<?)([=!])/y);
    if (look !== null) return { kind: 'look', behind: look[1] === '<', negative: look[2] === '!', item: this.#closed(flags) };
    const scoped = cursor.match(/([imsx]*)(?:-([imsx]+))?:/y);
    if (scoped !== null) return this.#closed(withFlags(flags, scoped[1] ?? '', scoped[2] ?? ''));
    throw cursor.problem(`group (?${cursor.peek()}… is not supported`);
  }

  #captured(flags: Flags, name: string): PatternNode {
    const index = ++this.#groupCount;
    if (name !== '') this.#names.set(name, index);
    return { kind: 'group', item: this.#closed(flags), index };
  }

  #closed(flags: Flags): PatternNode {
    const item = this.#alternation(flags);
    if (!this.#cursor.accept(')')) throw this.#cursor.problem('group is not closed');
    return item;
  }

  #quantified(atom: PatternNode, flags: Flags): PatternNode {
    let node = atom;
    for (;;) {
      while (this.#skipped(flags)) continue;
      const found = this.#cursor.match(/([*+?]|\{(\d+)(?:(,)(\d*))?\})([?+]?)/y);
      if (found === null) return node;
      const [min, max] = bounds(found);
      if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) throw this.#cursor.problem('repetition count is too large');
      if (max < min) throw this.#cursor.problem('numbers out of order in {}');
      const mode = found[5] === '?' ? 'lazy' : found[5] === '+' ? 'possessive' : 'greedy';
      node = { kind: 'repeat', item: node, min, max, mode };
    }
  }
}

function bounds(found: RegExpExecArray): [min: number, max: number] {
  if (found[1] === '*') return [0, Infinity];
  if (found[1] === '+') return [1, Infinity];
  if (found[1] === '?') return [0, 1];
  const min = Number(found[2]);
  if (found[3] === undefined) return [min, min];
  return [min, found[4] === '' ? Infinity : Number(found[4])];
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const state = (letter: string, before: boolean): boolean => (off.includes(letter) ? false : on.includes(letter) || before);
  return {
    ignoreCase: state('i', flags.ignoreCase),
    dotAll: state('s', flags.dotAll),
    multiline: state('m', flags.multiline),
    extended: state('x', flags.extended),
  };
}

function byteNode(byte: number, flags: Flags): PatternNode {
  return { kind: 'bytes', set: setOfByte(byte, flags.ignoreCase) };
}

function sequence(items: readonly PatternNode[]): PatternNode {
  return items.length === 1 ? items[0]! : { kind: 'concat', items };
}
