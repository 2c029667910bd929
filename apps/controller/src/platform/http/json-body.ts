import type { FastifyInstance } from 'fastify';
import { parseJsonBody } from './parse-input.js';

/** Takes JSON bodies and nothing else; an empty body is no body. */
export function useStrictJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}
