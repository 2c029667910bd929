/**
 * Request body processors: bytes in; arguments, files and variables of the SecLang language out.
 * Malformed bodies are reported in REQBODY_ERROR and REQBODY_ERROR_MSG, with what was read up to the fault; nothing here throws.
 * Work and memory grow linearly with the body.
 */
import type { BodyLimits, BodyProcessor, BodyResult } from './body-result.js';
import { processJson } from './json.js';
import { processMultipart } from './multipart.js';
import { processUrlEncoded } from './urlencoded.js';
import { processXml } from './xml.js';

export type { BodyFile, BodyLimits, BodyProcessor, BodyResult } from './body-result.js';
export { parseCookies } from './cookies.js';
export { parseUrlEncoded } from './urlencoded.js';

type Processor = (body: string, contentType: string, limits: BodyLimits) => BodyResult;

const processors = {
  URLENCODED: processUrlEncoded,
  MULTIPART: processMultipart,
  JSON: processJson,
  XML: processXml,
} satisfies Record<BodyProcessor, Processor>;

/** Parses a request body (latin1 byte string) with the named processor. */
export function processBody(processor: BodyProcessor, body: string, contentType: string, limits: BodyLimits): BodyResult {
  return processors[processor](body, contentType, limits);
}
