import { describe, expect, it } from '@jest/globals';
import { AnswerReader } from './answer-reader.js';

function lengthRead(answer: string, method = 'GET'): { read: number; reader: AnswerReader } {
  const reader = new AnswerReader(method);
  for (let at = 0; at < answer.length; at++) if (reader.push(Buffer.from(answer[at]!, 'latin1'))) return { read: at + 1, reader };
  return { read: -1, reader };
}

describe('an answer read byte by byte', () => {
  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
    ['in chunks', 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n'],
    ['without content', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['after an interim one', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx'],
  ])('%s ends where it ends', (_title, answer) => {
    expect(lengthRead(`${answer}HTTP/1.1 200 OK\r\n`).read).toBe(answer.length);
  });

  it('has no body when HEAD was asked', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
    expect(lengthRead(head, 'HEAD').read).toBe(head.length);
  });

  it('ends with the connection when it has no length', () => {
    const { read, reader } = lengthRead('HTTP/1.1 400 Bad Request\r\n\r\nabc');
    expect({ read, status: reader.status, isClosing: reader.isClosing }).toEqual({ read: -1, status: 400, isClosing: true });
  });
});
