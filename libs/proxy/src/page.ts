import { STATUS_CODES } from 'node:http';
import type { Page } from './config.js';
import type { HeaderPair } from './gate.js';

/** The reason phrase of a status. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown';
}

/** A plain page with the request id, for answers that bring none of their own. */
export function plainPage(status: number, requestId: string): Page {
  const title = `${status} ${reasonPhrase(status)}`;
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>Request ID: <code>${requestId}</code></p></body></html>
`;
  return { headers: PLAIN_HEADERS, body: Buffer.from(html) };
}

const PLAIN_HEADERS: readonly HeaderPair[] = [
  ['Content-Type', 'text/html; charset=utf-8'],
  ['Cache-Control', 'no-store'],
];

let dateText = '';
let dateSecond = 0;

/** The Date field's value of now (RFC 9110 6.6.1), made once per second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
