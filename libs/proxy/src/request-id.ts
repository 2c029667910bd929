import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
const ID_CHARACTERS = ID_BYTES * 2;
const pool = Buffer.allocUnsafeSlow(ID_BYTES * 512);
let text = '';
let used = 0;

/** 128 random bits as lower-case hex. Drawn and written out for many ids at once: per request, a piece of that text is all there is to do. */
export function nextRequestId(): string {
  if (used === text.length) {
    text = randomFillSync(pool).toString('hex');
    used = 0;
  }
  used += ID_CHARACTERS;
  return text.substring(used - ID_CHARACTERS, used);
}
