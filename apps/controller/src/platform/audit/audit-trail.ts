export interface AuditRecord {
  /** Null for what concerns the provider alone. */
  readonly tenantId: string | null;
  /** Who: `operator:<username>`, `token:<id>`, `appliance:<id>` or `system`. Left out inside a request: its caller. */
  readonly actor?: string;
  /** What, as `noun.verb`, for example `enrolment.revoke`. */
  readonly action: string;
  /** Of what, for example `appliance:<id>`. */
  readonly subject: string;
  readonly outcome?: 'done' | 'refused';
  /** Facts for a reader. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes the hash-chained trail. Implemented by the audit feature. */
export abstract class AuditTrail {
  /** Adds an entry in the current transaction: it stands if and only if what it tells of stands. */
  abstract record(entry: AuditRecord): Promise<void>;
  /** Adds an entry in a transaction of its own: for refusals, whose own transaction rolls back. */
  abstract recordApart(entry: AuditRecord): Promise<void>;
}
