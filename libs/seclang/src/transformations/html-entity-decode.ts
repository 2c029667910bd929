import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

const NAMED: ReadonlyMap<string, number> = new Map([
  ['quot', 0x22],
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['nbsp', 0xa0],
]);
const ENTITY = /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+))|([A-Za-z0-9]+));?/g;

/** `&#xHH;`, `&#DD;` (low byte) and the names quot, amp, lt, gt, nbsp; the semicolon may be missing. */
export const htmlEntityDecode: Transformation = {
  name: 'htmlentitydecode',
  triggers: FEATURE.ampersand,
  apply: (text) => text.replace(ENTITY, decodeEntity),
};

function decodeEntity(entity: string, hexadecimal: string | undefined, decimal: string | undefined, name: string | undefined): string {
  if (name !== undefined) {
    const byte = NAMED.get(name.toLowerCase());
    return byte === undefined ? entity : String.fromCharCode(byte);
  }
  const digits = hexadecimal ?? decimal ?? '';
  const base = hexadecimal === undefined ? 10 : 16;
  let codePoint = 0;
  // Saturates as C's strtol does, so that a run of digits of any length costs one pass.
  for (let i = 0; i < digits.length && codePoint < 0x7fffffff; i++) codePoint = codePoint * base + Number.parseInt(digits[i]!, base);
  return String.fromCharCode(Math.min(codePoint, 0x7fffffff) & 0xff);
}
