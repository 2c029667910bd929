import { Injectable } from '@nestjs/common';
import type { DesiredState, SignedDesiredState } from '@phalanx/contracts';
import { generateStatementKey, keyIdOf, signStatement } from '@phalanx/trust';
import { Envelope } from '../../platform/crypto/envelope.js';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import { type StateKeyRow, StateKeyRows } from './state-keys.repository.js';

const PURPOSE = 'state-key';

/** The online keys that sign desired state. The newest signs; boxes trust all of them. */
@Injectable()
export class StateKeys {
  private signing: { readonly privateKeyPem: string } | null = null;

  constructor(
    private readonly database: Database,
    private readonly rows: StateKeyRows,
    private readonly envelope: Envelope,
  ) {}

  /** What an enrolment grant names. Makes the first key when there is none. Opens its own transaction. */
  async publicKeys(): Promise<{ keyId: string; publicKeyPem: string }[]> {
    const rows = await this.load();
    return rows.map(({ keyId, publicKeyPem }) => ({ keyId, publicKeyPem }));
  }

  async sign(state: DesiredState): Promise<SignedDesiredState> {
    this.signing ??= await this.openNewest();
    const { signed, signatures } = signStatement(state, [this.signing.privateKeyPem]);
    return { signed, signatures: [...signatures] };
  }

  private async openNewest(): Promise<{ privateKeyPem: string }> {
    const newest = (await this.load())[0]!;
    return { privateKeyPem: this.envelope.open(PURPOSE, newest.keyId, newest.privateKey).toString('utf8') };
  }

  private load(): Promise<StateKeyRow[]> {
    return this.database.run(NO_TENANT, async () => {
      const rows = await this.rows.all();
      if (rows.length > 0) return rows;
      await this.rows.lock();
      const again = await this.rows.all();
      return again.length > 0 ? again : [await this.makeFirst()];
    });
  }

  private async makeFirst(): Promise<StateKeyRow> {
    const { privateKeyPem, publicKeyPem } = generateStatementKey();
    const keyId = keyIdOf(publicKeyPem);
    const row = { keyId, publicKeyPem, privateKey: this.envelope.seal(PURPOSE, keyId, privateKeyPem) };
    await this.rows.add(row);
    return row;
  }
}
