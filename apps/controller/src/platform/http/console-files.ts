import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { AppError } from '@phalanx/kit';
import type { FastifyInstance } from 'fastify';

const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Serves the built console: its files by name, its first page for every address that is neither a file nor the API's. */
export async function serveConsole(fastify: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) throw new AppError('invalid', 'console.not-built', `there is no built console in ${folder}`);
  await fastify.register(fastifyStatic, { root: folder, wildcard: false, index: false, cacheControl: false });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    if (request.url.startsWith('/assets/')) void reply.header('cache-control', 'public, max-age=31536000, immutable');
    done();
  });
  fastify.get('/', (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'));
}

/** Addresses of the console's own pages are answered with its first page; the console then shows the right one. */
export function isConsolePage(method: string, url: string, accept: string | undefined): boolean {
  const path = url.split('?')[0] ?? '';
  return method === 'GET' && !path.startsWith('/api/') && !path.includes('.') && (accept ?? '').includes('text/html');
}
