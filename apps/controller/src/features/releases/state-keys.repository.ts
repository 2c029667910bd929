import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

export interface StateKeyRow {
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** Sealed. */
  readonly privateKey: Buffer;
}

/** SQL of `state_keys`, in the transaction of the caller. */
@Injectable()
export class StateKeyRows {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  all(): Promise<StateKeyRow[]> {
    return this.database
      .em()
      .query(
        'select key_id as "keyId", public_key_pem as "publicKeyPem", private_key as "privateKey" from state_keys order by created_at desc, key_id',
      );
  }

  /** Keeps a second process from making a second first key. */
  async lock(): Promise<void> {
    await this.database.em().query(`select pg_advisory_xact_lock(hashtextextended('state-keys', 0))`);
  }

  async add(row: StateKeyRow): Promise<void> {
    await this.database
      .em()
      .query('insert into state_keys (key_id, public_key_pem, private_key) values ($1, $2, $3)', [
        row.keyId,
        row.publicKeyPem,
        row.privateKey,
      ]);
  }
}
