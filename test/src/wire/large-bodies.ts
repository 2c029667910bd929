import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PIECE = Buffer.alloc(65_536, 'a calm page of text; ');

/** Writes so many bytes as fast as they are taken. */
function pour(bytes: number, write: (piece: Buffer) => boolean, onDrain: (next: () => void) => void, end: () => void): void {
  let left = bytes;
  const next = (): void => {
    while (left > 0) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!write(piece)) return onDrain(next);
    }
    end();
  };
  next();
}

/** An origin that answers an upload with its length, and `/down?bytes=N&type=T&chunked` with so many bytes. */
export class StreamOrigin {
  port = 0;
  readonly #server: Server = createServer((message, response) => answer(message, response));

  async open(): Promise<void> {
    this.#server.requestTimeout = 0;
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(message: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://origin');
  if (pathname !== '/down') {
    let received = 0;
    message.on('data', (piece: Buffer) => (received += piece.length));
    message.on('end', () => response.end(String(received)));
    return;
  }
  const bytes = Number(searchParams.get('bytes'));
  response.setHeader('Content-Type', searchParams.get('type') ?? '');
  if (!searchParams.has('chunked')) response.setHeader('Content-Length', bytes);
  pour(
    bytes,
    (piece) => response.write(piece),
    (next) => response.once('drain', next),
    () => response.end(),
  );
}

/** Sends so many bytes up. Gives how many the origin says it got. */
export function upload(port: number, bytes: number, type: string, isChunked: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const framing = isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': bytes };
    const headers = { Host: 'shop.example', 'Content-Type': type, ...framing };
    const asked = request({ host: '127.0.0.1', port, path: '/up', method: 'POST', agent: false, headers }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(Number(text)) : reject(new Error(`answered ${response.statusCode}`)),
      );
    });
    asked.on('error', reject);
    pour(
      bytes,
      (piece) => asked.write(piece),
      (next) => asked.once('drain', next),
      () => asked.end(),
    );
  });
}

/** Takes so many bytes down. Gives how many came. */
export function download(port: number, bytes: number, type: string, isChunked: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = `/down?bytes=${bytes}&type=${encodeURIComponent(type)}${isChunked ? '&chunked' : ''}`;
    const asked = request({ host: '127.0.0.1', port, path, agent: false, headers: { Host: 'shop.example' } }, (response) => {
      let received = 0;
      response.on('data', (piece: Buffer) => (received += piece.length));
      response.on('end', () => resolve(received));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
