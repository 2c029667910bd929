import { digitsOf, verifiedPattern } from './verified-pattern.js';

/** The pattern finds a US social security number that can have been issued: no zero part, no area 666 or from 740 on, no plain run. */
export const verifySsn = verifiedPattern('verifyssn', (candidate) => {
  const digits = digitsOf(candidate);
  if (digits.length !== 9) return false;
  const text = digits.join('');
  const area = Number(text.slice(0, 3));
  const group = Number(text.slice(3, 5));
  const serial = Number(text.slice(5));
  if (area === 0 || group === 0 || serial === 0 || area >= 740 || area === 666) return false;
  const isSame = digits.every((digit) => digit === digits[0]);
  const isRun = digits.every((digit, index) => index === 0 || digit === digits[index - 1]! + 1);
  return !isSame && !isRun;
});
