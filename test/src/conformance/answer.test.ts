import { describe, expect, it } from '@jest/globals';
import { AnswerReader, type Answer } from './answer.js';

/** The answer that is read of these bytes, which come one by one, and how many of them it took. */
function readSlowly(bytes: string, method = 'GET'): { readonly answer: Answer | null; readonly used: number } {
  const reader = new AnswerReader(method);
  for (let used = 1; used <= bytes.length; used++) {
    const answer = reader.push(Buffer.from(bytes.charAt(used - 1), 'latin1'));
    if (answer !== null) return { answer, used };
  }
  return { answer: reader.close(), used: bytes.length };
}

describe('an answer', () => {
  it('ends after its announced length, whatever follows', () => {
    const { answer, used } = readSlowly('HTTP/1.1 403 Forbidden\r\nA: b\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n');
    expect(answer).toMatchObject({
      status: 403,
      headers: [
        ['A', 'b'],
        ['Content-Length', '2'],
      ],
    });
    expect(answer?.text.endsWith('\r\n\r\nhi')).toBe(true);
    expect(used).toBe(53);
  });

  it('ends with its last chunk, or with the connection', () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: x\r\n\r\n';
    expect(readSlowly(`${chunked}more`)).toMatchObject({ answer: { status: 200 }, used: chunked.length });
    expect(readSlowly('HTTP/1.0 200 OK\r\n\r\nhello').answer?.text).toBe('HTTP/1.0 200 OK\r\n\r\nhello');
  });

  it('has no body for HEAD, 204 and 304, and comes after interim ones', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';
    expect(readSlowly(head, 'HEAD').used).toBe(head.length);
    expect(readSlowly('HTTP/1.1 204 No Content\r\n\r\n').answer?.status).toBe(204);
    expect(readSlowly('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n').answer?.status).toBe(304);
  });

  it('is none when it is cut short or no HTTP', () => {
    expect(readSlowly('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi').answer).toBeNull();
    expect(readSlowly('').answer).toBeNull();
    expect(() => readSlowly('<html>hello</html>')).toThrow('the answer is not HTTP');
    expect(() => readSlowly('HTTP/x 200 OK\r\n\r\n')).toThrow('the answer is not HTTP: HTTP/x 200 OK');
  });
});
