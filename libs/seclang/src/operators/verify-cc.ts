import { digitsOf, verifiedPattern } from './verified-pattern.js';

/** The pattern finds a card number with a right check digit. @see ISO/IEC 7812-1 (Luhn) */
export const verifyCc = verifiedPattern('verifycc', (candidate) => {
  const digits = digitsOf(candidate);
  if (digits.length === 0) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[digits.length - 1 - i]!;
    const weighed = i % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
});
