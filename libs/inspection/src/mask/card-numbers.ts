/** Where a digit stands in the text; a percent-encoded digit takes three characters. */
interface Digit {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const MIN_LENGTH = 13;
const SHOWN = 4;
const PERCENT = 0x25;
/** A run of so many digits: what most texts lack is seen quickest by a pattern. */
const ENOUGH_DIGITS = /[0-9](?:(?:[ +._-]|%2[0bdeBDE]|%5[fF])?(?:%3)?[0-9]){12}/;

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

/** The end of the character at a place, which may be percent-encoded. */
function endOf(text: string, at: number): number {
  return text.charCodeAt(at) === PERCENT && hexValue(text.charCodeAt(at + 1)) >= 0 && hexValue(text.charCodeAt(at + 2)) >= 0
    ? at + 3
    : at + 1;
}

/** The character from a place up to its end, decoded. */
function codeAt(text: string, at: number, end: number): number {
  return end === at + 1 ? text.charCodeAt(at) : hexValue(text.charCodeAt(at + 1)) * 16 + hexValue(text.charCodeAt(at + 2));
}

/** -1 for what is no hexadecimal digit. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The digits of a run of them. */
function digitsIn(text: string, from: number, to: number): Digit[] {
  const digits: Digit[] = [];
  for (let at = from; at < to;) {
    const end = endOf(text, at);
    const code = codeAt(text, at, end);
    if (isDigit(code)) digits.push({ value: code - 0x30, start: at, end });
    at = end;
  }
  return digits;
}

/**
 * Replaces all but the last four digits of payment card numbers by `*`. A number may be split by single spaces, `+`, `-`, `.` or `_` and
 * may be percent-encoded; it counts when an issuer's prefix and length fit and the Luhn check passes.
 */
export function maskCardNumbers(text: string): string {
  if (text.length < MIN_LENGTH || !ENOUGH_DIGITS.test(text)) return text;
  const hidden: Digit[] = [];
  let from = 0;
  let count = 0;
  let wasSeparator = false;
  for (let at = 0; at < text.length;) {
    const first = text.charCodeAt(at);
    if (count === 0 && first !== PERCENT && !isDigit(first)) {
      at++;
      continue;
    }
    const end = endOf(text, at);
    const code = codeAt(text, at, end);
    if (isDigit(code)) {
      if (count++ === 0) from = at;
      wasSeparator = false;
    } else if (count > 0 && !wasSeparator && isSeparator(code)) {
      wasSeparator = true;
    } else {
      if (count >= MIN_LENGTH) maskRun(digitsIn(text, from, at), hidden);
      count = 0;
      wasSeparator = false;
    }
    at = end;
  }
  if (count >= MIN_LENGTH) maskRun(digitsIn(text, from, text.length), hidden);
  if (hidden.length === 0) return text;
  let masked = '';
  let copied = 0;
  for (const digit of hidden) {
    masked += `${text.slice(copied, digit.start)}*`;
    copied = digit.end;
  }
  return masked + text.slice(copied);
}
