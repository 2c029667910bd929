import { featuresOfBytes } from '../transformations/byte-features.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { Operator } from './operator.js';

/** The value holds a byte outside the listed ranges (`32-126,10,13`). */
export const validateByteRange: Operator = {
  name: 'validatebyterange',
  argument: 'optional',
  compile(argument) {
    const allowed = allowedBytes(argument);
    return {
      test(text) {
        for (let i = 0; i < text.length; i++) if (allowed[text.charCodeAt(i)] === 0) return true;
        return false;
      },
    };
  },
  features(argument) {
    const allowed = allowedBytes(argument);
    return featuresOfBytes((byte) => allowed[byte] === 0);
  },
};

function allowedBytes(argument: string): Uint8Array {
  const allowed = new Uint8Array(256);
  for (const part of argument.split(',')) {
    const range = part.trim();
    if (range === '') continue;
    const found = /^(\d+)(?:-(\d+))?$/.exec(range);
    const first = Number(found?.[1] ?? Number.NaN);
    const last = Number(found?.[2] ?? found?.[1] ?? Number.NaN);
    if (!(first <= last && last <= 255)) throw new RuleProblem(`${range} is not a byte range`);
    allowed.fill(1, first, last + 1);
  }
  return allowed;
}
