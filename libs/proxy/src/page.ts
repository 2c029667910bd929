import { STATUS_CODES } from 'node:http';
import { messageOf, type Logger } from '@phalanx/kit';
import type { Page, ProxyConfig } from './config.js';
import type { AnswerHead } from './downstream.js';
import type { Block, Exchange, HeaderPair } from './gate.js';

const NO_FIELDS: readonly HeaderPair[] = [];
const PLAIN_FIELDS: readonly HeaderPair[] = [
  ['Content-Type', 'text/html; charset=utf-8'],
  ['Cache-Control', 'no-store'],
];

/** A plain page with the request id, for answers that bring none of their own. */
export function plainPage(status: number, requestId: string): Page {
  const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>Request ID: <code>${requestId}</code></p></body></html>
`;
  return { headers: PLAIN_FIELDS, body: Buffer.from(html) };
}

/** The page of a block: its own, the configured one, or a plain one. */
export function pageOfBlock(config: ProxyConfig, exchange: Exchange, block: Block, logger: Logger): Page {
  if (block.body !== undefined) return { headers: block.headers ?? NO_FIELDS, body: block.body };
  try {
    return config.blockPage?.(exchange, block) ?? plainPage(block.status, exchange.requestId);
  } catch (error) {
    logger.error('the block page failed', { requestId: exchange.requestId, reason: messageOf(error) });
    return plainPage(block.status, exchange.requestId);
  }
}

/** The head of an answer that the proxy makes itself. */
export function headOfPage(status: number, page: Page): AnswerHead {
  return {
    status,
    reason: STATUS_CODES[status] ?? 'Unknown',
    headers: page.headers,
    lines: null,
    bodyLength: page.body.length,
    addsLength: true,
  };
}

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
