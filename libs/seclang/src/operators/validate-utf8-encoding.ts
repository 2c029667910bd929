import type { Operator } from './operator.js';

/** The value holds bytes that are not UTF-8: stray or missing continuation bytes, overlong forms, surrogates, past U+10FFFF. */
export const validateUtf8Encoding: Operator = {
  name: 'validateutf8encoding',
  argument: 'optional',
  compile: () => ({ test: (text) => !isUtf8(text) }),
};

function isUtf8(text: string): boolean {
  for (let i = 0; i < text.length;) {
    const length = sequenceLength(text, i);
    if (length === 0) return false;
    i += length;
  }
  return true;
}

/** @see RFC 3629 section 4 */
function sequenceLength(text: string, at: number): number {
  const lead = text.charCodeAt(at);
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  for (let i = 1; i < length; i++) if ((text.charCodeAt(at + i) & 0xc0) !== 0x80) return 0;
  const second = text.charCodeAt(at + 1);
  const isWrong =
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f);
  return isWrong ? 0 : length;
}
