import { translatePattern } from '../pattern/translate-pattern.js';
import type { Operator, OperatorTest } from './operator.js';

/** An operator whose pattern finds candidates, and whose check decides about each. The candidate is captured as group 0. */
export function verifiedPattern(name: string, isValid: (candidate: string) => boolean): Operator {
  return {
    name,
    argument: 'required',
    compile(argument, { pattern }): OperatorTest {
      const record = pattern ?? translatePattern(argument, { capturing: true }).record;
      const expression = new RegExp(record.source, `${record.flags}g`);
      return {
        test(text, captures) {
          for (const found of text.matchAll(expression)) {
            if (found[0] === '' || !isValid(found[0])) continue;
            captures?.push(found[0]);
            return true;
          }
          return false;
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
