/** ASCII look-alikes of A0-FF; a dot marks code points that keep their byte. */
const LATIN1 = ' !c.$Y|..Ca<.-R...23....,1o>....AAAAAAACEEEEIIIIDNOOOOO.OUUUUY..aaaaaaaceeeeiiii.nooooo.ouuuuy.y';

/** Look-alikes outside Latin: dashes, quotes, slashes and their like. */
const PUNCTUATION: readonly (readonly [codePoints: readonly number[], ascii: string])[] = [
  [[0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212], '-'],
  [[0x02b9, 0x02bc, 0x02c8, 0x2018, 0x2019, 0x201b, 0x2032], "'"],
  [[0x02ba, 0x201c, 0x201d, 0x201e, 0x201f, 0x2033], '"'],
  [[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x3000], ' '],
  [[0x201a], ','],
  [[0x02cb, 0x2035], '`'],
  [[0x2024], '.'],
  [[0x2039, 0x2329, 0x3008], '<'],
  [[0x203a, 0x232a, 0x3009], '>'],
  [[0x2044, 0x2215], '/'],
  [[0x2216], '\\'],
  [[0x2217], '*'],
  [[0x2223], '|'],
  [[0x2236], ':'],
  [[0x02c6, 0x2303], '^'],
  [[0x02cd, 0x2017], '_'],
  [[0x02dc, 0x223c], '~'],
];

/** The best-fit map to ASCII used where a pack names no SecUnicodeMapFile: letters without their marks, and look-alikes. */
export function bestFitMap(): ReadonlyMap<number, number> {
  const map = new Map<number, number>();
  for (let i = 0; i < LATIN1.length; i++) {
    const keeps = LATIN1[i] === '.' && i !== 0x17;
    map.set(0xa0 + i, keeps ? 0xa0 + i : LATIN1.charCodeAt(i));
  }
  // The middle dot is the one code point whose look-alike is the dot itself.
  map.set(0xb7, 0x2e);
  for (let codePoint = 0x100; codePoint <= 0x24f; codePoint++) {
    const base = String.fromCodePoint(codePoint).normalize('NFKD').charCodeAt(0);
    if (base < 0x80) map.set(codePoint, base);
  }
  for (const [codePoints, ascii] of PUNCTUATION) for (const codePoint of codePoints) map.set(codePoint, ascii.charCodeAt(0));
  return map;
}
