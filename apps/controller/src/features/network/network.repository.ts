import { Injectable } from '@nestjs/common';
import type { NetworkPolicy, NetworkVersionView } from '@phalanx/contracts';
import { z } from 'zod';
import { Database } from '../../platform/db/database.js';
import { decodeCursor } from '../../platform/http/cursor.js';
import { networkVersionNotFound, noNetwork } from './network.errors.js';

export type MemberPart = NetworkVersionView['members'][number];

export interface NetworkRow {
  readonly clusterId: string;
  readonly tenantId: string;
  readonly version: number;
  readonly digest: string;
  readonly policy: NetworkPolicy;
  readonly members: readonly MemberPart[];
  readonly comment: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** What one box's network facet is made from, besides its applications. */
export interface BoxNetworkRow {
  readonly applianceId: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly timeZone: string;
  readonly policy: NetworkPolicy;
  readonly members: readonly MemberPart[];
}

const COLUMNS = `v.cluster_id as "clusterId", v.tenant_id as "tenantId", v.version, v.digest, v.policy, v.members, v.comment,
  v.created_at as "createdAt", v.created_by as "createdBy"`;
const placeSchema = z.tuple([z.int()]);

/** SQL of `network_policies` and `network_policy_versions`, in the transaction of the caller. */
@Injectable()
export class NetworkRepository {
  constructor(private readonly database: Database) {}

  /** The version in force, or null. */
  async find(clusterId: string): Promise<NetworkRow | null> {
    const [row] = await this.database.em().query<NetworkRow[]>(
      `select ${COLUMNS} from network_policies p join network_policy_versions v on v.cluster_id = p.cluster_id and v.version = p.version
          where p.cluster_id = $1 and p.active`,
      [clusterId],
    );
    return row ?? null;
  }

  /** The version in force. Throws `not-found` with code `network.none`. */
  async get(clusterId: string): Promise<NetworkRow> {
    const row = await this.find(clusterId);
    if (!row) throw noNetwork();
    return row;
  }

  async version(clusterId: string, version: number): Promise<NetworkRow> {
    const [row] = await this.database
      .em()
      .query<NetworkRow[]>(`select ${COLUMNS} from network_policy_versions v where v.cluster_id = $1 and v.version = $2`, [
        clusterId,
        version,
      ]);
    if (!row) throw networkVersionNotFound();
    return row;
  }

  /** Newest first; one row more than the limit. */
  versions(clusterId: string, page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<NetworkRow[]> {
    const place = decodeCursor(page.cursor, placeSchema);
    return this.database.em().query<NetworkRow[]>(
      `select ${COLUMNS} from network_policy_versions v where v.cluster_id = $1 and ($2::int is null or v.version < $2)
          order by v.version desc limit $3`,
      [clusterId, place?.[0] ?? null, page.limit + 1],
    );
  }

  /** Writes the next version and puts it in force. */
  async write(next: Pick<NetworkRow, 'clusterId' | 'tenantId' | 'digest' | 'policy' | 'members' | 'comment' | 'createdBy'>): Promise<void> {
    const em = this.database.em();
    const [row] = await em.query<{ version: number }[]>(
      `insert into network_policies as p (cluster_id, tenant_id, version, active) values ($1, $2, 1, true)
       on conflict (cluster_id) do update set version = p.version + 1, active = true returning version`,
      [next.clusterId, next.tenantId],
    );
    await em.query(
      `insert into network_policy_versions (cluster_id, version, tenant_id, digest, policy, members, comment, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        next.clusterId,
        row!.version,
        next.tenantId,
        next.digest,
        JSON.stringify(next.policy),
        JSON.stringify(next.members),
        next.comment,
        next.createdBy,
      ],
    );
  }

  async takeAway(clusterId: string): Promise<void> {
    await this.database.em().query('update network_policies set active = false where cluster_id = $1', [clusterId]);
  }

  /** Those of the boxes whose cluster has a network policy in force. */
  ofAppliances(applianceIds: readonly string[]): Promise<BoxNetworkRow[]> {
    return this.database.em().query<BoxNetworkRow[]>(
      `select a.id as "applianceId", a.tenant_id as "tenantId", a.cluster_id as "clusterId", s.time_zone as "timeZone", v.policy, v.members
         from appliances a
         join sites s on s.id = a.site_id
         join network_policies p on p.cluster_id = a.cluster_id and p.active
         join network_policy_versions v on v.cluster_id = p.cluster_id and v.version = p.version
        where a.id = any($1::uuid[])`,
      [applianceIds],
    );
  }
}

/** The version as the API shows it. Its number is also its revision. */
export function networkViewOf({ createdAt, members, ...row }: NetworkRow): NetworkVersionView {
  return { ...row, members: [...members], createdAt: createdAt.toISOString(), revision: row.version };
}
