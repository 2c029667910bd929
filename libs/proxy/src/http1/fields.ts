import { mayHaveFate } from '../field-fate.js';
import type { HeaderPair } from '../gate.js';
import { FAULT, type HttpFault } from './fault.js';
import { fieldNames } from './field-names.js';
import { isHarmlessControlByte, isTextByte, isTokenByte } from './octets.js';

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Limits of a field section. */
export interface FieldLimits {
  readonly headerCount: number;
}

/** What `parseFields` found besides the fields: filled anew by each call, read at once by the caller. */
export interface FieldOddities {
  /** A value holds control characters: no boundary is in doubt, but it must not be forwarded (RFC 9110 5.5). */
  hasControl: boolean;
}

/**
 * A line that isn't simply copied on: its field may be the proxy's own to write, or it isn't written as `name: value`. `index` is the field's
 * place in the head, `start` and `end` (after CRLF) are offsets of the line in the text.
 */
export interface FieldMark {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** Exactly one space after the colon and nothing after the value: it may be copied byte for byte. */
  readonly isCanonical: boolean;
}

/** The fault that a wrong byte inside a field name stands for. */
function nameFault(code: number, isFirst: boolean): HttpFault {
  if (code === SP || code === TAB) return isFirst ? FAULT.obsFold : FAULT.spaceBeforeColon;
  return boundaryFault(code) ?? FAULT.headerName;
}

function boundaryFault(code: number): HttpFault | null {
  if (code === 0) return FAULT.nul;
  if (code === LF) return FAULT.bareLf;
  return null;
}

/**
 * Reads field lines from `start` to the empty line that must end at `end`. `text` is the bytes as latin1: they are looked at in the bytes,
 * which is twice as fast, and cut out of the text. Values lose their surrounding white space and nothing
 * else. Appends to `out`, and to `marks` the lines that can't be copied on; returns the fault that made it stop, or null.
 * @see RFC 9112 5
 */
export function parseFields(
  bytes: Uint8Array,
  text: string,
  start: number,
  end: number,
  limits: FieldLimits,
  out: HeaderPair[],
  marks: FieldMark[],
  oddities: FieldOddities,
): HttpFault | null {
  let at = start;
  oddities.hasControl = false;
  while (at < end) {
    if ((bytes[at] ?? 0) === CR) {
      if ((bytes[at + 1] ?? 0) !== LF) return FAULT.bareCr;
      return at + 2 === end ? null : FAULT.headerName;
    }
    const nameStart = at;
    let code = bytes[at] ?? 0;
    while (isTokenByte(code)) code = bytes[(at += 1)] ?? 0;
    if (code !== COLON) return code === CR && (bytes[at + 1] ?? 0) !== LF ? FAULT.bareCr : nameFault(code, at === nameStart);
    if (at === nameStart) return FAULT.headerName;
    const nameEnd = at;
    code = bytes[(at += 1)] ?? 0;
    while (code === SP || code === TAB) code = bytes[(at += 1)] ?? 0;
    const valueStart = at;
    for (;;) {
      while (isTextByte(code)) code = bytes[(at += 1)] ?? 0;
      if (!isHarmlessControlByte(code)) break;
      oddities.hasControl = true;
      code = bytes[(at += 1)] ?? 0;
    }
    if (code !== CR) return boundaryFault(code) ?? FAULT.bareLf;
    if ((bytes[at + 1] ?? 0) !== LF) return FAULT.bareCr;
    let valueEnd = at;
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1] ?? 0)) valueEnd -= 1;
    if (out.length >= limits.headerCount) return FAULT.headerCount;
    at += 2;
    const isCanonical = valueStart === nameEnd + 2 && valueEnd === at - 2 && (bytes[nameEnd + 1] ?? 0) === SP;
    if (!isCanonical || mayHaveFate(nameEnd - nameStart, bytes[nameStart] ?? 0)) {
      marks.push({ index: out.length, start: nameStart, end: at, isCanonical });
    }
    out.push([fieldNames.at(bytes, text, nameStart, nameEnd), text.substring(valueStart, valueEnd)]);
  }
  return FAULT.headerName;
}

function isBlank(code: number): boolean {
  return code === SP || code === TAB;
}
