import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Envelope } from '../crypto/envelope.js';
import { Database } from '../db/database.js';
import type { Principal } from './principal.js';

interface Call {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * `Idempotency-Key` on POST: the first answer is kept for a day and given again to the same caller with the same body. The record
 * commits with the work itself, so a key either has its answer or was never used. Owns the table `idempotency_keys`.
 * @see draft-ietf-httpapi-idempotency-key-header
 */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
  ) {}

  async once(call: Call, work: () => Promise<unknown>): Promise<unknown> {
    const key = call.request.headers['idempotency-key'];
    if (key === undefined) return work();
    if (typeof key !== 'string' || !KEY.test(key))
      throw new AppError('invalid', 'http.invalid-header', 'Idempotency-Key must be 1 to 200 printable characters');
    const owner = call.principal.operatorId;
    const fingerprint = createHash('sha256')
      .update(`${call.request.method} ${call.request.url}\n${JSON.stringify(call.request.body ?? null)}`)
      .digest('hex');
    const em = this.database.em();
    // Waits here for a twin that is still at work, then sees its record.
    await em.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [`${owner}\n${key}`]);
    const [known]: { fingerprint: string; answer: Buffer }[] = await em.query(
      'select fingerprint, answer from idempotency_keys where owner_id = $1 and key = $2',
      [owner, key],
    );
    if (known) {
      if (known.fingerprint !== fingerprint)
        throw new AppError('invalid', 'http.idempotency-key-reused', 'this Idempotency-Key was used for another request');
      void call.reply.header('idempotency-replayed', 'true');
      return JSON.parse(this.envelope.open('idempotency', `${owner}\n${key}`, known.answer).toString('utf8')) as unknown;
    }
    const answer = await work();
    // Answers may hold a secret that is shown once (a token, a claim): they are kept sealed.
    const sealed = this.envelope.seal('idempotency', `${owner}\n${key}`, JSON.stringify(answer ?? null));
    await em.query('insert into idempotency_keys (owner_id, key, fingerprint, answer) values ($1, $2, $3, $4)', [
      owner,
      key,
      fingerprint,
      sealed,
    ]);
    return answer;
  }
}
