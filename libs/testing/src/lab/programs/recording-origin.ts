// An HTTP server that prints one JSON line (`OriginRequest`) for each connection's request and answers it. Arguments: address, port, its name, and for TLS the files of key and certificate.
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { OriginRequest } from '../recording-origin.js';

const [address = '', port = '', name = '', keyFile, certificateFile] = process.argv.slice(2);
let number = 0;

const answer: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const seen: OriginRequest = {
      number: number++,
      atMs: Number(process.hrtime.bigint()) / 1e6,
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      peer: request.socket.remoteAddress ?? '',
      peerPort: request.socket.remotePort ?? 0,
      bodyBytes: Buffer.concat(chunks).length,
    };
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    const body = JSON.stringify({ origin: name, number: seen.number, peer: seen.peer });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
};

const server =
  keyFile && certificateFile
    ? createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, answer)
    : createServer(answer);
server.keepAliveTimeout = 60_000;
server.on('error', (error) => {
  console.error(`origin: ${error.message}`);
  process.exit(1);
});
server.listen(Number(port), address, () => console.log('origin listening'));
process.on('SIGTERM', () => process.exit(0));
