import type { Operator } from './operator.js';

/** The argument occurs in the value with no letter, digit or underscore beside it. */
export const containsWord: Operator = {
  name: 'containsword',
  argument: 'required',
  compile: (argument) => ({ test: (text) => hasWord(text, argument) }),
};

function hasWord(text: string, word: string): boolean {
  if (word === '') return true;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isWordByte(text.charCodeAt(at - 1)) && !isWordByte(text.charCodeAt(at + word.length))) return true;
  }
  return false;
}

function isWordByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}
