import { textBytes } from '../matching/text-bytes.js';

/**
 * Kinds of bytes, one bit each. A transformation names the kinds it reacts to, so that a value without any of them needs no work.
 * Every byte has at least one bit.
 */
export const FEATURE = {
  nul: 1 << 0,
  lineSpace: 1 << 1,
  space: 1 << 2,
  percent: 1 << 3,
  plus: 1 << 4,
  ampersand: 1 << 5,
  backslash: 1 << 6,
  slash: 1 << 7,
  dot: 1 << 8,
  quote: 1 << 9,
  caret: 1 << 10,
  comma: 1 << 11,
  semicolon: 1 << 12,
  upper: 1 << 13,
  lower: 1 << 14,
  digit: 1 << 15,
  high: 1 << 16,
  dash: 1 << 17,
  hash: 1 << 18,
  star: 1 << 19,
  parenthesis: 1 << 20,
  control: 1 << 21,
  noBreakSpace: 1 << 22,
  /** What is left: `!`, `@`, `~`. */
  other: 1 << 23,
  underscore: 1 << 24,
  lessThan: 1 << 25,
  equals: 1 << 26,
  colon: 1 << 27,
  question: 1 << 28,
  /** `$`, `{`, `}`. */
  brace: 1 << 29,
  /** `[`, `]`, `|`, `>`, and the backtick. */
  bracket: 1 << 30,
} as const;

/** Every kind there is. */
export const ALL_FEATURES = 0x7fffffff;

/** Up to this length a string is read as quickly as an array of its bytes is filled. */
const SHORT_TEXT = 64;

/** By byte: its kinds. */
export const FEATURE_OF: Readonly<Int32Array> = buildTable();

/** The same kinds for texts whose letters are looked at in either case. */
export function withoutCase(features: number): number {
  return (features & FEATURE.upper) === 0 ? features : features | FEATURE.lower;
}

/** The kinds of bytes that occur in a text, or 0 for the empty text. */
export function featuresOf(text: string): number {
  const { length } = text;
  let features = 0;
  let i = 0;
  if (length <= SHORT_TEXT) {
    for (; i < length; i++) features |= FEATURE_OF[text.charCodeAt(i)]!;
    return features;
  }
  const bytes = textBytes.of(text);
  for (; i + 4 <= length; i += 4)
    features |= FEATURE_OF[bytes[i]!]! | FEATURE_OF[bytes[i + 1]!]! | FEATURE_OF[bytes[i + 2]!]! | FEATURE_OF[bytes[i + 3]!]!;
  for (; i < length; i++) features |= FEATURE_OF[bytes[i]!]!;
  return features;
}

/** The kinds of the bytes that a test picks. */
export function featuresOfBytes(picks: (byte: number) => boolean): number {
  let features = 0;
  for (let byte = 0; byte < 256; byte++) if (picks(byte)) features |= FEATURE_OF[byte]!;
  return features;
}

function buildTable(): Int32Array {
  const table = new Int32Array(256).fill(FEATURE.other);
  table.fill(FEATURE.control, 0, 0x20);
  table.fill(FEATURE.lineSpace, 0x09, 0x0e);
  table.fill(FEATURE.digit, 0x30, 0x3a);
  table.fill(FEATURE.upper, 0x41, 0x5b);
  table.fill(FEATURE.lower, 0x61, 0x7b);
  table.fill(FEATURE.high, 0x80);
  table[0x00] = FEATURE.nul;
  table[0x7f] = FEATURE.control;
  table[0xa0] = FEATURE.high | FEATURE.noBreakSpace;
  const single: readonly (readonly [string, number])[] = [
    [' ', FEATURE.space],
    ['%', FEATURE.percent],
    ['+', FEATURE.plus],
    ['&', FEATURE.ampersand],
    ['\\', FEATURE.backslash],
    ['/', FEATURE.slash],
    ['.', FEATURE.dot],
    ['"', FEATURE.quote],
    ["'", FEATURE.quote],
    ['^', FEATURE.caret],
    [',', FEATURE.comma],
    [';', FEATURE.semicolon],
    ['-', FEATURE.dash],
    ['#', FEATURE.hash],
    ['*', FEATURE.star],
    ['(', FEATURE.parenthesis],
    [')', FEATURE.parenthesis],
    ['_', FEATURE.underscore],
    ['<', FEATURE.lessThan],
    ['=', FEATURE.equals],
    [':', FEATURE.colon],
    ['?', FEATURE.question],
    ['$', FEATURE.brace],
    ['{', FEATURE.brace],
    ['}', FEATURE.brace],
    ['[', FEATURE.bracket],
    [']', FEATURE.bracket],
    ['|', FEATURE.bracket],
    ['>', FEATURE.bracket],
    ['`', FEATURE.bracket],
  ];
  for (const [char, feature] of single) table[char.charCodeAt(0)] = feature;
  return table;
}
