import { readFileSync } from 'node:fs';

/** One published case of an operator or transformation; texts are byte strings. `ret` is 1 where the operator matches. */
export interface PublishedCase {
  readonly name: string;
  readonly param: string;
  readonly input: string;
  readonly output: string;
  readonly ret: number;
}

/** Transformations whose inputs hold backslashes that are theirs to decode. */
const DECODERS = new Set(['escapeSeqDecode', 'jsDecode', 'cssDecode']);

/** The cases of a JSON file. Its strings stand for their UTF-8 bytes; `\xHH` and `\u0000` written out in them stand for bytes. */
export function publishedCases(file: string): PublishedCase[] {
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Partial<PublishedCase>[];
  return cases.map(({ name = '', param = '', input = '', output = '', ret = 0 }) => ({
    name,
    param: bytesOf(param),
    input: DECODERS.has(name) ? bytesOf(input) : unescaped(bytesOf(input)),
    output: unescaped(bytesOf(output)),
    ret,
  }));
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Puts in the bytes that a text writes out as `\xHH`, `\u00HH` or `\0`. */
export function unescaped(text: string): string {
  return text.replace(/\\(?:(?:x|u00)([0-9a-fA-F]{2})|0)/g, (_escape, digits = '0') =>
    String.fromCharCode(Number.parseInt(String(digits), 16)),
  );
}
