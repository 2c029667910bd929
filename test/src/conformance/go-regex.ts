const INLINE_FLAGS = /^\(\?([imsU]+)\)/;
/** What Go's syntax spells differently; the two backslashes of an escaped one are passed over. */
const SPELLINGS = /\\\\|\\([AzQE])|\[:(\w+):\]|\(\?P</g;
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/** A regular expression of go-ftw's tests (Go syntax) in JavaScript. Throws a `SyntaxError` for what is none. */
export function goRegex(pattern: string): RegExp {
  const inline = INLINE_FLAGS.exec(pattern);
  const flags = [...new Set((inline?.[1] ?? '').replaceAll('U', ''))].join('');
  const source = pattern.slice(inline?.[0].length ?? 0).replace(SPELLINGS, (found, escape?: string, posix?: string) => {
    if (posix !== undefined) return POSIX_CLASSES[posix] ?? found;
    if (found === '(?P<') return '(?<';
    if (escape === 'A') return '^';
    if (escape === 'z') return '$';
    return found;
  });
  return new RegExp(source, flags);
}
