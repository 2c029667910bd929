import { ByteSet } from './byte-set.js';

const DIGIT = ByteSet.range(0x30, 0x39);
const WORD = ByteSet.range(0x30, 0x39).addRange(0x41, 0x5a).addRange(0x61, 0x7a).add(0x5f);
const SPACE = ByteSet.range(0x09, 0x0d).add(0x20);
const HORIZONTAL = ByteSet.of(0x09, 0x20, 0xa0);
const VERTICAL = ByteSet.range(0x0a, 0x0d).add(0x85);
const NEWLINE = ByteSet.of(0x0a);

/** The sets of the class escapes, by letter: PCRE's C locale, not JavaScript's Unicode-aware ones. */
export const CLASS_ESCAPES: ReadonlyMap<string, ByteSet> = new Map([
  ['d', DIGIT],
  ['D', DIGIT.inverted()],
  ['w', WORD],
  ['W', WORD.inverted()],
  ['s', SPACE],
  ['S', SPACE.inverted()],
  ['h', HORIZONTAL],
  ['H', HORIZONTAL.inverted()],
  ['v', VERTICAL],
  ['V', VERTICAL.inverted()],
  ['N', NEWLINE.inverted()],
]);

/** The sets of `[:name:]`. */
export const POSIX_CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ['alpha', ByteSet.range(0x41, 0x5a).addRange(0x61, 0x7a)],
  ['digit', DIGIT],
  ['alnum', ByteSet.range(0x30, 0x39).addRange(0x41, 0x5a).addRange(0x61, 0x7a)],
  ['upper', ByteSet.range(0x41, 0x5a)],
  ['lower', ByteSet.range(0x61, 0x7a)],
  ['space', SPACE],
  ['blank', ByteSet.of(0x09, 0x20)],
  ['punct', ByteSet.range(0x21, 0x2f).addRange(0x3a, 0x40).addRange(0x5b, 0x60).addRange(0x7b, 0x7e)],
  ['print', ByteSet.range(0x20, 0x7e)],
  ['graph', ByteSet.range(0x21, 0x7e)],
  ['cntrl', ByteSet.range(0x00, 0x1f).add(0x7f)],
  ['xdigit', ByteSet.range(0x30, 0x39).addRange(0x41, 0x46).addRange(0x61, 0x66)],
  ['word', WORD],
  ['ascii', ByteSet.range(0x00, 0x7f)],
]);

/** The bytes of the single-character escapes, by letter. */
export const CHARACTER_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);
