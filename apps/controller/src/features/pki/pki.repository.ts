import { Injectable } from '@nestjs/common';
import type { RevokedSerial } from '@phalanx/trust';
import { Database } from '../../platform/db/database.js';

export interface StoredKeyPair {
  readonly name: string;
  readonly certificatePem: string;
  readonly sealedKey: Buffer;
  readonly hosts: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Two processes must not make the same authority, nor install revocation lists in the wrong order. */
const LOCKS = { keys: 4_711_101, revocations: 4_711_102 } as const;

/** SQL of `pki_keypairs` and `pki_revocations`, in the caller's transaction. */
@Injectable()
export class PkiRepository {
  constructor(private readonly database: Database) {}

  /** Until the end of the transaction. */
  async lock(what: keyof typeof LOCKS): Promise<void> {
    await this.database.em().query('select pg_advisory_xact_lock($1)', [LOCKS[what]]);
  }

  async keyPair(name: string): Promise<StoredKeyPair | null> {
    const [row]: StoredKeyPair[] = await this.database.em().query(
      `select name, certificate_pem as "certificatePem", sealed_key as "sealedKey", hosts, not_before as "notBefore", not_after as "notAfter"
         from pki_keypairs where name = $1`,
      [name],
    );
    return row ?? null;
  }

  async saveKeyPair({ name, certificatePem, sealedKey, hosts, notBefore, notAfter }: StoredKeyPair): Promise<void> {
    await this.database.em().query(
      `insert into pki_keypairs (name, certificate_pem, sealed_key, hosts, not_before, not_after) values ($1, $2, $3, $4, $5, $6)
       on conflict (name) do update set certificate_pem = excluded.certificate_pem, sealed_key = excluded.sealed_key,
         hosts = excluded.hosts, not_before = excluded.not_before, not_after = excluded.not_after`,
      [name, certificatePem, sealedKey, hosts, notBefore, notAfter],
    );
  }

  async revoke(serial: string, reason: RevokedSerial['reason'], notAfter: Date): Promise<void> {
    await this.database.em().query(
      `insert into pki_revocations (serial, reason, not_after) values ($1, $2, $3)
       on conflict (serial) do update set reason = excluded.reason where pki_revocations.reason = 'hold'`,
      [serial, reason, notAfter],
    );
  }

  /** Takes back a hold; a revocation stays. */
  async readmit(serial: string): Promise<void> {
    await this.database.em().query(`delete from pki_revocations where serial = $1 and reason = 'hold'`, [serial]);
  }

  /** Serials of certificates that would otherwise still be accepted; the expired are refused anyway. */
  async revoked(): Promise<RevokedSerial[]> {
    return this.database
      .em()
      .query(
        `select serial, reason, revoked_at as "revokedAt" from pki_revocations where not_after > now() - interval '1 day' order by revoked_at, serial`,
      );
  }
}
