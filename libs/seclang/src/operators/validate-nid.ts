import { RuleProblem } from '../model/rule-problem.js';
import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import type { Operator } from './operator.js';
import { digitsOf } from './verified-pattern.js';

const CHECKS: Readonly<Record<string, (candidate: string) => boolean>> = { cl: isChilean, us: isAmerican };

/** `country pattern`: the pattern finds a national identity number (cl, us) that can have been issued. */
export const validateNid: Operator = {
  name: 'validatenid',
  argument: 'required',
  captures: true,
  compile(argument) {
    const space = argument.indexOf(' ');
    const check = CHECKS[argument.slice(0, space)];
    if (space < 0 || check === undefined) throw new RuleProblem('validateNid takes a country (cl, us) and a pattern');
    const matcher = new GuardedMatcher(translatePattern(argument.slice(space + 1), { capturing: false }).record);
    return {
      test(text, captures) {
        const found = matcher.findValid(text, check);
        if (found === null) return false;
        captures?.push(found);
        return true;
      },
    };
  },
};

/** Modulo 11, with K for ten. */
function isChilean(candidate: string): boolean {
  const plain = candidate.replace(/[^0-9kK]/g, '').toLowerCase();
  if (plain.length < 8) return false;
  const digits = digitsOf(plain.slice(0, -1));
  let sum = 0;
  for (let i = 0; i < digits.length; i++) sum += digits[digits.length - 1 - i]! * (2 + (i % 6));
  const check = 11 - (sum % 11);
  return plain.at(-1) === (check === 11 ? '0' : check === 10 ? 'k' : String(check));
}

function isAmerican(candidate: string): boolean {
  const text = digitsOf(candidate).join('');
  if (text.length !== 9) return false;
  const area = Number(text.slice(0, 3));
  return area !== 0 && area !== 666 && area < 900 && Number(text.slice(3, 5)) !== 0 && Number(text.slice(5)) !== 0;
}
