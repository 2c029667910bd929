import { Injectable } from '@nestjs/common';
import { type EnrolmentIdentity, identityName } from '@phalanx/contracts';
import { DataSource } from 'typeorm';
import { Database } from '../../platform/db/database.js';

export type EnrolmentState = 'issued' | 'active' | 'superseded' | 'quarantined' | 'revoked';

export interface EnrolmentRow {
  readonly id: string;
  readonly tenantId: string;
  readonly applianceId: string;
  readonly serial: string;
  readonly state: EnrolmentState;
  readonly reason: string | null;
  readonly publicKeyPem: string;
  readonly requestDigest: string;
  /** Null where no certificate was ever given out: a quarantined claimant. */
  readonly certificatePem: string | null;
  readonly facts: Readonly<Record<string, string>>;
  readonly issuedAt: Date;
  readonly notAfter: Date;
  readonly firstConnectedAt: Date | null;
  readonly revokedAt: Date | null;
}

export type NewEnrolment = Pick<
  EnrolmentRow,
  'tenantId' | 'applianceId' | 'serial' | 'state' | 'reason' | 'publicKeyPem' | 'requestDigest' | 'certificatePem' | 'facts' | 'notAfter'
>;

export interface Standing {
  readonly id: string;
  readonly tenantId: string;
  readonly state: EnrolmentState;
  readonly notAfter: Date;
}

export interface EnrolmentFilter {
  readonly tenantId?: string | undefined;
  readonly applianceId?: string | undefined;
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const COLUMNS = `id, tenant_id as "tenantId", appliance_id as "applianceId", serial, state, reason, public_key_pem as "publicKeyPem",
  request_digest as "requestDigest", certificate_pem as "certificatePem", facts, issued_at as "issuedAt", not_after as "notAfter",
  first_connected_at as "firstConnectedAt", revoked_at as "revokedAt"`;

/** SQL of `enrolments`. Every change of a row shows in its appliance's status, and tells all replicas, whose directories forget what they knew of it. */
@Injectable()
export class EnrolmentRows {
  constructor(
    private readonly database: Database,
    private readonly source: DataSource,
  ) {}

  async add(row: NewEnrolment): Promise<EnrolmentRow> {
    const [added]: EnrolmentRow[] = await this.database.em().query(
      `insert into enrolments (tenant_id, appliance_id, serial, state, reason, public_key_pem, request_digest, certificate_pem, facts, not_after)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${COLUMNS}`,
      [
        row.tenantId,
        row.applianceId,
        row.serial,
        row.state,
        row.reason,
        row.publicKeyPem,
        row.requestDigest,
        row.certificatePem,
        JSON.stringify(row.facts),
        row.notAfter,
      ],
    );
    await this.tell(added!);
    return added!;
  }

  /** Outside of any transaction: how the identity stands, or null for an unknown one. */
  async standingOf({ applianceId, serial }: EnrolmentIdentity): Promise<Standing | null> {
    const [row]: Standing[] = await this.source.query(
      `select id, tenant_id as "tenantId", state, not_after as "notAfter" from enrolment_of($1, $2)`,
      [applianceId, serial],
    );
    return row ?? null;
  }

  /** Locked until the transaction ends. */
  async lock(id: string): Promise<EnrolmentRow | null> {
    const [row]: EnrolmentRow[] = await this.database.em().query(`select ${COLUMNS} from enrolments where id = $1 for update`, [id]);
    return row ?? null;
  }

  async setState(id: string, state: EnrolmentState, reason: string | null): Promise<EnrolmentRow> {
    return this.change(
      `update enrolments set state = $2, reason = $3,
         revoked_at = case when $2 in ('revoked', 'superseded') then coalesce(revoked_at, now()) else null end
        where id = $1`,
      [id, state, reason],
    );
  }

  async setRequestDigest(id: string, digest: string): Promise<void> {
    await this.change('update enrolments set request_digest = $2 where id = $1', [id, digest]);
  }

  /** Marks the first connection; null when another process was faster or the state is another by now. */
  async markConnected(id: string): Promise<EnrolmentRow | null> {
    const [rows]: [EnrolmentRow[], number] = await this.database
      .em()
      .query(`update enrolments set state = 'active', first_connected_at = now() where id = $1 and state = 'issued' returning ${COLUMNS}`, [
        id,
      ]);
    if (rows[0]) await this.tell(rows[0]);
    return rows[0] ?? null;
  }

  /** Healthy enrolments of the appliance that are not this one and not newer. */
  async olderSiblings({ id, applianceId, issuedAt }: EnrolmentRow): Promise<EnrolmentRow[]> {
    return this.database
      .em()
      .query(
        `select ${COLUMNS} from enrolments where appliance_id = $1 and id <> $2 and issued_at <= $3 and state in ('issued', 'active') for update`,
        [applianceId, id, issuedAt],
      );
  }

  /** Healthy enrolments of the appliance, newest first. */
  async healthy(applianceId: string): Promise<EnrolmentRow[]> {
    return this.database
      .em()
      .query(
        `select ${COLUMNS} from enrolments where appliance_id = $1 and state in ('issued', 'active') and not_after > now() order by issued_at desc, id`,
        [applianceId],
      );
  }

  /** Healthy identities of each of the appliances, newest first. */
  async identities(applianceIds: readonly string[]): Promise<EnrolmentIdentity[]> {
    return this.database.em().query(
      `select appliance_id as "applianceId", serial from enrolments
        where appliance_id = any($1::uuid[]) and state in ('issued', 'active') and not_after > now() order by issued_at desc, id`,
      [applianceIds],
    );
  }

  /**
   * Brings how the appliance is shown in line with its enrolments: without a healthy one it is quarantined or not enrolled; with one, what
   * it reports counts, beginning with `pending`. Nobody hears a box without a healthy one, its last will neither: it is offline at once.
   */
  private async showStanding(applianceId: string): Promise<void> {
    await this.database.em().query(
      `update appliance_status s set sync_state = n.state, sync_reason = n.reason,
         online = s.online and n.state = 'pending',
         offline_reason = case when s.online and n.state <> 'pending' then n.reason else s.offline_reason end
         from (
           select case when healthy > 0 then 'pending' when held > 0 then 'quarantined' else 'never-enrolled' end as state,
                  case when healthy > 0 then 'it has enrolled and not reported yet'
                       when held > 0 then 'its enrolment is in quarantine'
                       when ended > 0 then 'its enrolment has ended: it needs a new claim' end as reason
             from (
               select count(*) filter (where state in ('issued', 'active')) as healthy,
                      count(*) filter (where state = 'quarantined' and certificate_pem is not null) as held,
                      count(*) filter (where state in ('revoked', 'superseded')) as ended
                 from enrolments where appliance_id = $1) counts) n
        where s.appliance_id = $1 and (n.state <> 'pending' or s.sync_state in ('never-enrolled', 'quarantined'))`,
      [applianceId],
    );
  }

  async usedRequest(applianceId: string, digest: string): Promise<boolean> {
    const rows: unknown[] = await this.database
      .em()
      .query('select 1 from enrolments where appliance_id = $1 and request_digest = $2', [applianceId, digest]);
    return rows.length > 0;
  }

  async quarantinedClaimants(applianceId: string, publicKeyPem: string): Promise<{ sameKey: number; all: number }> {
    const [row]: { same: number; everyone: number }[] = await this.database.em().query(
      `select count(*) filter (where public_key_pem = $2)::int as same, count(*)::int as everyone
         from enrolments where appliance_id = $1 and state = 'quarantined' and certificate_pem is null`,
      [applianceId, publicKeyPem],
    );
    return { sameKey: row!.same, all: row!.everyone };
  }

  /**
   * Notes which process of the box has connected. Answers how often, within the window, one has come back after another had taken its
   * place: a process that was restarted never does, so two are alive with the same certificate.
   */
  async noteInstance(id: string, instance: string, windowMs: number): Promise<number> {
    const [rows]: [{ returns: number }[], number] = await this.database.em().query(
      `update enrolments set instance = $2, former_instances = (array_remove(array_prepend(instance, former_instances), null))[1:8],
         returns = case when not ($2 = any(former_instances)) then returns
                        when returned_at > now() - $3 * interval '1 millisecond' then returns + 1 else 1 end,
         returned_at = case when $2 = any(former_instances) then now() else returned_at end
        where id = $1 and instance is distinct from $2 returning returns`,
      [id, instance, windowMs],
    );
    return rows[0]?.returns ?? 0;
  }

  /** One row more than `limit`, newest first. */
  async list({ tenantId, applianceId, after, limit }: EnrolmentFilter): Promise<EnrolmentRow[]> {
    return this.database.em().query(
      `select ${COLUMNS} from enrolments
        where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or appliance_id = $2)
          and ($3::timestamptz is null or (issued_at, id) < ($3::timestamptz, $4::uuid))
        order by issued_at desc, id desc limit $5`,
      [tenantId ?? null, applianceId ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }

  private async change(update: string, parameters: readonly unknown[]): Promise<EnrolmentRow> {
    const [rows]: [EnrolmentRow[], number] = await this.database.em().query(`${update} returning ${COLUMNS}`, [...parameters]);
    await this.tell(rows[0]!);
    return rows[0]!;
  }

  private async tell(row: EnrolmentRow): Promise<void> {
    await this.showStanding(row.applianceId);
    await this.database.em().query(`select pg_notify('phalanx_enrolments', $1)`, [identityName(row)]);
  }
}
