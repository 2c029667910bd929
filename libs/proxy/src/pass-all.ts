import { PASS, type Gate } from './gate.js';

/** A gate that looks at nothing and passes everything: for the time before the first configuration, and for tests. */
export const PASS_ALL: Gate = Object.freeze({
  onRequestHead: () => PASS,
  wantsRequestBody: () => false,
  onRequestBody: () => PASS,
  onResponseHead: () => PASS,
  wantsResponseBody: () => false,
  onResponseBody: () => PASS,
  onEnd: () => undefined,
});
