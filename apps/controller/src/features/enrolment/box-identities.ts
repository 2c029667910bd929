import { Injectable } from '@nestjs/common';
import type { EnrolmentIdentity } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { EnrolmentRows } from './enrolments.repository.js';

/** Under which identities boxes are to be addressed. */
@Injectable()
export class BoxIdentities {
  constructor(
    private readonly database: Database,
    private readonly rows: EnrolmentRows,
  ) {}

  /** Healthy identities by appliance, newest first: during a renewal a box has two. Opens its own transaction. */
  async ofAppliances(tenantId: string, applianceIds: readonly string[]): Promise<Map<string, EnrolmentIdentity[]>> {
    const identities = await this.database.run(scopeOfTenant(tenantId), () => this.rows.identities(applianceIds));
    return Map.groupBy(identities, (identity) => identity.applianceId);
  }
}
