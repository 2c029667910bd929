import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EnrolmentIdentity, identityName } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import { Notifications } from '../../platform/db/notifications.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { type Admission, EnrolmentDirectory } from '../../platform/mqtt/enrolment-directory.js';
import { EnrolmentRows } from './enrolments.repository.js';
import { EnrolmentsService } from './enrolments.service.js';

/** A lost notification is made up for by asking again after this. */
const REMEMBER_MS = 30_000;
const LIMIT = 50_000;

interface Entry {
  readonly admission: Promise<Admission | null>;
  readonly until: number;
}

/**
 * Who may speak, from the table and remembered for a while. A change of an enrolment, by whichever process, makes every process
 * forget it at once (PostgreSQL NOTIFY).
 */
@Injectable()
export class StoredDirectory extends EnrolmentDirectory implements OnModuleInit {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly rows: EnrolmentRows,
    private readonly enrolments: EnrolmentsService,
    private readonly database: Database,
    private readonly notifications: Notifications,
  ) {
    super();
  }

  onModuleInit(): void {
    // After a break the payload is empty: anything may have changed meanwhile.
    this.notifications.listen('phalanx_enrolments', (name) => (name === '' ? this.entries.clear() : this.entries.delete(name)));
  }

  admit(identity: EnrolmentIdentity): Promise<Admission | null> {
    const name = identityName(identity);
    const known = this.entries.get(name);
    if (known && known.until > Date.now()) return known.admission;
    const admission = this.ask(identity);
    const entry = { admission, until: Date.now() + REMEMBER_MS };
    if (this.entries.size >= LIMIT) this.entries.clear();
    this.entries.set(name, entry);
    admission.catch(() => {
      if (this.entries.get(name) === entry) this.entries.delete(name);
    });
    return admission;
  }

  private async ask(identity: EnrolmentIdentity): Promise<Admission | null> {
    const standing = await this.rows.standingOf(identity);
    if (!standing || standing.notAfter <= new Date()) return null;
    if (standing.state !== 'issued' && standing.state !== 'active') return null;
    if (standing.state === 'issued')
      await this.database.run(scopeOfTenant(standing.tenantId), () => this.enrolments.connected(standing.id));
    return { tenantId: standing.tenantId, enrolmentId: standing.id };
  }
}
