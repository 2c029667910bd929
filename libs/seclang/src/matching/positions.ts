import { isWordByte } from './byte-classes.js';
import { ASSERTIONS } from './program.js';

/** Whether a zero-width test (an index of ASSERTIONS) holds at a position of a text of `length` bytes. */
export function holdsAt(assertion: number, position: number, bytes: Uint8Array, length: number): boolean {
  switch (ASSERTIONS[assertion]) {
    case 'start':
      return position === 0;
    case 'end':
      return position === length;
    case 'end-or-newline':
      return position === length || (position === length - 1 && bytes[position] === 0x0a);
    case 'line-start':
      return position === 0 || bytes[position - 1] === 0x0a;
    case 'line-end':
      return position === length || bytes[position] === 0x0a;
    case 'word':
      return isBetweenWords(position, bytes, length);
    case 'not-word':
      return !isBetweenWords(position, bytes, length);
    default:
      return false;
  }
}

function isBetweenWords(position: number, bytes: Uint8Array, length: number): boolean {
  const isBefore = position > 0 && isWordByte(bytes[position - 1]!);
  const isAfter = position < length && isWordByte(bytes[position]!);
  return isBefore !== isAfter;
}
