/** Where a digit stands in the text; a percent-encoded digit takes three characters. */
interface Digit {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const MIN_LENGTH = 13;
const SHOWN = 4;
const ENOUGH_DIGITS = /(?:[0-9][^0-9]*?){13}/;

/** Lengths that the issuer of these leading digits gives out; none where no issuer begins so. */
function issuedLengths(digits: readonly Digit[], from: number): readonly number[] {
  const at = (offset: number): number => digits[from + offset]?.value ?? 0;
  const two = at(0) * 10 + at(1);
  const four = two * 100 + at(2) * 10 + at(3);
  if (at(0) === 4) return [19, 16, 13];
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return [16];
  if (two === 34 || two === 37) return [15];
  if (two === 30 || two === 36 || two === 38 || two === 39) return [16, 14];
  if (two === 35) return [19, 18, 17, 16];
  if (at(0) === 6 || two === 50 || (two >= 56 && two <= 58)) return [19, 18, 17, 16, 15, 14, 13];
  // Cards for use within Korea only.
  if (at(0) === 9) return [16];
  return [];
}

/** The Luhn check. @see ISO/IEC 7812-1 annex B */
function passesLuhn(digits: readonly Digit[], from: number, length: number): boolean {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const value = digits[from + length - 1 - i]?.value ?? 0;
    const weighted = i % 2 === 1 ? value * 2 : value;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

function maskRun(digits: readonly Digit[], hidden: Digit[]): void {
  let from = 0;
  while (from + MIN_LENGTH <= digits.length) {
    const start = from;
    const length = issuedLengths(digits, from).find((n) => start + n <= digits.length && passesLuhn(digits, start, n));
    if (length === undefined) from++;
    else {
      hidden.push(...digits.slice(from, from + length - SHOWN));
      from += length;
    }
  }
}

function isSeparator(code: number): boolean {
  return code === 0x20 || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x5f;
}

/**
 * Replaces all but the last four digits of payment card numbers by `*`. A number may be split by single spaces, `+`, `-`, `.` or `_` and
 * may be percent-encoded; it counts when an issuer's prefix and length fit and the Luhn check passes.
 */
export function maskCardNumbers(text: string): string {
  if (text.length < MIN_LENGTH || !ENOUGH_DIGITS.test(text)) return text;
  const hidden: Digit[] = [];
  let run: Digit[] = [];
  let wasSeparator = false;
  for (let i = 0; i < text.length;) {
    const escape = text[i] === '%' ? /^%([0-9a-fA-F]{2})/.exec(text.slice(i, i + 3)) : null;
    const code = escape ? Number.parseInt(escape[1] ?? '0', 16) : text.charCodeAt(i);
    const end = i + (escape ? 3 : 1);
    if (code >= 0x30 && code <= 0x39) {
      run.push({ value: code - 0x30, start: i, end });
      wasSeparator = false;
    } else if (run.length > 0 && !wasSeparator && isSeparator(code)) {
      wasSeparator = true;
    } else {
      if (run.length >= MIN_LENGTH) maskRun(run, hidden);
      run = [];
      wasSeparator = false;
    }
    i = end;
  }
  if (run.length >= MIN_LENGTH) maskRun(run, hidden);
  if (hidden.length === 0) return text;
  let masked = '';
  let copied = 0;
  for (const digit of hidden) {
    masked += `${text.slice(copied, digit.start)}*`;
    copied = digit.end;
  }
  return masked + text.slice(copied);
}
