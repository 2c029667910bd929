import { digitsOf, verifiedPattern } from './verified-pattern.js';

/** The pattern finds a Brazilian CPF number with right check digits. */
export const verifyCpf = verifiedPattern('verifycpf', (candidate) => {
  const digits = digitsOf(candidate);
  if (digits.length !== 11 || digits.every((digit) => digit === digits[0])) return false;
  return digits[9] === checkDigit(digits, 9) && digits[10] === checkDigit(digits, 10);
});

function checkDigit(digits: readonly number[], count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += digits[i]! * (count + 1 - i);
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}
