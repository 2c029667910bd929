import { digitsOf, verifiedPattern } from './verified-pattern.js';

const WEIGHTS = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];

/** The pattern finds an Austrian social insurance number with a right check digit. */
export const verifySvnr = verifiedPattern('verifysvnr', (candidate) => {
  const digits = digitsOf(candidate);
  if (digits.length !== 10) return false;
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += digits[i]! * WEIGHTS[i]!;
  return sum % 11 === digits[3];
});
