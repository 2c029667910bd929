import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { type GuardedListener, tlsSecretSchema } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';

const RETRY_AFTER_SECONDS = 5;
const BODY = 'Service unavailable. Please try again in a few seconds.\n';
/** A client gets so long for its request; what it sends more is cut off. */
const REQUEST_MS = 5_000;
const MAX_CONNECTIONS = 2_000;

const refuse: RequestListener = (request, response) => {
  response.writeHead(503, {
    'retry-after': String(RETRY_AFTER_SECONDS),
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(BODY),
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : BODY);
  // The rest of a body is read and dropped, so that the answer isn't lost in a reset.
  request.resume();
};

/** Where connections end that nobody serves: answers each request with 503, and closes. One server for plain HTTP, one for each certificate. */
export class Responder {
  private readonly servers = new Map<string, { readonly server: Server; readonly port: number }>();

  constructor(
    private readonly secretsFolder: string,
    private readonly logger: Logger,
  ) {}

  /** Local port that answers for a listener; null where its certificate is not on the box: TLS can't be spoken then. */
  async portFor({ tls, certificateId }: GuardedListener): Promise<number | null> {
    if (!tls) return this.serve('http', () => createServer(refuse));
    if (certificateId === null) return null;
    try {
      const secret = tlsSecretSchema.parse(JSON.parse(readFileSync(join(this.secretsFolder, `${certificateId}.json`), 'utf8')));
      // A replaced certificate gets a server of its own; the few that ever were stay until the guard ends.
      const name = `${certificateId} ${secret.certificatePem}`;
      return await this.serve(name, () => createTlsServer({ cert: secret.certificatePem, key: secret.privateKeyPem }, refuse));
    } catch (error) {
      this.logger.warn('a certificate can’t be used; connections will be reset', { certificateId, reason: messageOf(error) });
      return null;
    }
  }

  close(): void {
    for (const { server } of this.servers.values()) {
      server.close();
      server.closeAllConnections();
    }
  }

  private async serve(name: string, make: () => Server): Promise<number> {
    const known = this.servers.get(name);
    if (known) return known.port;
    const server = make();
    server.requestTimeout = REQUEST_MS;
    server.headersTimeout = REQUEST_MS;
    server.maxConnections = MAX_CONNECTIONS;
    const port = await listen(server);
    this.servers.set(name, { server, port });
    return port;
  }
}

/** On every address of both families, or of IPv4 where there is no IPv6. */
function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    let host = '::';
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (host === '::' && (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL')) {
        host = '0.0.0.0';
        server.listen(0, host);
      } else reject(error);
    });
    server.on('listening', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(address.port);
    });
    server.listen(0, host);
  });
}
