import fc from 'fast-check';

/** Patterns put together from pieces, so that most of them are valid and many match. */
const atom = fc.constantFrom(
  'a',
  'b',
  'ab',
  'aB',
  '.',
  '[ab]',
  '[^a]',
  String.raw`\w`,
  String.raw`\s`,
  String.raw`\d`,
  '-',
  String.raw`\x2d`,
  '(?i)b',
  ' ',
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '*?', '+?');
const mark = fc.constantFrom('', '', '', '', '^', '$', String.raw`\b`, String.raw`\B`);

/** Patterns of the kinds that every engine has. */
export const plainPattern = patternsOf(fc.constant(''));

/** Patterns with look-around, possessive repetitions and atomic groups too. */
export const richPattern = patternsOf(
  fc.constantFrom(
    '(?=a)',
    '(?!b)',
    '(?<=a)',
    '(?<!b|-)',
    '(?=.b)',
    '(?!a+b)',
    'a*+',
    '[ab]++',
    '.?+',
    'a{1,2}+',
    '(?>a|ab)',
    '(?>b*)',
    '(?>ab)',
  ),
);

/** Texts over the bytes that these patterns are made of. */
export const patternText = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', ' ', '-', '1', '\n', '_', '\xe9'), maxLength: 24 });

function patternsOf(special: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.letrec<{ pattern: string; piece: string }>((tie) => ({
    piece: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(mark, atom, quantifier).map((parts) => parts.join('')),
      special,
      fc.tuple(tie('pattern'), quantifier).map(([inner, times]) => `(${inner})${times}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(?:${left}|${right})`),
    ),
    pattern: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
  })).pattern;
}
