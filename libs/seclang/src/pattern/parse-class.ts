import { ByteSet } from './byte-set.js';
import { CHARACTER_ESCAPES, CLASS_ESCAPES, POSIX_CLASSES } from './escape-classes.js';
import type { PatternCursor } from './pattern-cursor.js';

/** Reads a bracket class whose `[` has been taken. Case is folded before the class is inverted, as PCRE does. */
export function parseClass(cursor: PatternCursor, ignoreCase: boolean): ByteSet {
  const inverted = cursor.accept('^');
  const set = new ByteSet();
  let first = true;
  for (;;) {
    if (cursor.atEnd) throw cursor.problem('character class is not closed');
    if (!first && cursor.accept(']')) break;
    first = false;
    const posix = cursor.match(/\[:(\^?)([a-z]+):\]/y);
    if (posix !== null) {
      const named = POSIX_CLASSES.get(posix[2]!);
      if (named === undefined) throw cursor.problem(`unknown class [:${posix[2]}:]`);
      set.addAll(posix[1] === '^' ? named.inverted() : named);
      continue;
    }
    const from = parseClassAtom(cursor);
    if (typeof from !== 'number') {
      set.addAll(from);
      continue;
    }
    if (cursor.peek() === '-' && cursor.peek(1) !== ']' && cursor.peek(1) !== '') {
      cursor.take();
      const to = parseClassAtom(cursor);
      if (typeof to !== 'number') set.add(from).add(0x2d).addAll(to);
      else if (to < from) throw cursor.problem('range out of order in a character class');
      else set.addRange(from, to);
    } else {
      set.add(from);
    }
  }
  const folded = ignoreCase ? set.folded() : set;
  return inverted ? folded.inverted() : folded;
}

function parseClassAtom(cursor: PatternCursor): number | ByteSet {
  const char = cursor.take();
  if (char !== '\\') return char.charCodeAt(0);
  if (cursor.peek() === 'b') {
    cursor.take();
    return 0x08;
  }
  return parseByteEscape(cursor);
}

/** Reads an escape that stands for one byte or a set, after its backslash: `\n`, `\x41`, `\x{41}`, `\101`, `\d`, `\.`. */
export function parseByteEscape(cursor: PatternCursor): number | ByteSet {
  const octal = cursor.match(/0[0-7]{0,2}|[1-7][0-7]{2}/y);
  if (octal !== null) return Number.parseInt(octal[0], 8) & 0xff;
  if (cursor.atEnd) throw cursor.problem('backslash at the end');
  const char = cursor.take();
  const set = CLASS_ESCAPES.get(char);
  if (set !== undefined) return set;
  const byte = CHARACTER_ESCAPES.get(char);
  if (byte !== undefined) return byte;
  if (char === 'x') return parseHexadecimal(cursor);
  if (char === 'c') return cursor.take().toUpperCase().charCodeAt(0) ^ 0x40;
  if (/[A-Za-z]/.test(char)) throw cursor.problem(`escape \\${char} is not supported`);
  return char.charCodeAt(0);
}

function parseHexadecimal(cursor: PatternCursor): number {
  const braced = cursor.match(/\{([0-9A-Fa-f]+)\}/y);
  const digits = braced === null ? cursor.match(/[0-9A-Fa-f]{0,2}/y)![0] : braced[1]!;
  const byte = Number.parseInt(digits === '' ? '0' : digits, 16);
  if (byte > 0xff) throw cursor.problem('a code point above FF is not supported: patterns are over bytes');
  return byte;
}
