import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import type { Operator, OperatorTest } from './operator.js';

/** An operator whose pattern finds candidates, and whose check decides about each. The candidate is captured as group 0. */
export function verifiedPattern(name: string, isValid: (candidate: string) => boolean): Operator {
  return {
    name,
    argument: 'required',
    captures: true,
    compile(argument, { pattern }): OperatorTest {
      const matcher = new GuardedMatcher(pattern ?? translatePattern(argument, { capturing: true }).record);
      return {
        test(text, captures) {
          const found = matcher.findValid(text, (candidate) => candidate !== '' && isValid(candidate));
          if (found === null) return false;
          captures?.push(found);
          return true;
        },
      };
    },
    pattern: (argument) => argument,
  };
}

/** The decimal digits of a text as numbers. */
export function digitsOf(text: string): number[] {
  const digits: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9) digits.push(digit);
  }
  return digits;
}
