import { Injectable } from '@nestjs/common';
import type { HaOrder, HaSettings, HaStatus, HaView } from '@phalanx/contracts';
import { explainConstraints } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { vridTaken } from './ha.errors.js';
import type { Pair, PairMember } from './pair.js';

type MemberFields = Pick<PairMember, 'applianceId' | 'interface' | 'address' | 'priority'>;
type PairRow = Omit<Pair, 'members'>;

export interface Ordered {
  readonly applianceId: string;
  readonly order: HaOrder;
  readonly commandId: string | null;
}

const PAIR = `p.cluster_id as "clusterId", p.tenant_id as "tenantId", p.site_id as "siteId", p.settings, p.former_members as "formerMembers", p.condition,
  p.condition_reason as "conditionReason", p.condition_since as "conditionSince", p.is_alarmed as "isAlarmed", p.revision`;
const MEMBER = `m.cluster_id as "clusterId", m.appliance_id as "applianceId", a.name, m.interface, m.address, m.priority, m.ha_order as "order",
  m.command_id as "commandId", m.status, m.status_at as "statusAt", m.state_at as "stateAt", coalesce(s.online, false) as online,
  s.last_seen_at as "lastSeenAt", h.wall_offset_ms as "wallOffsetMs"`;

/** SQL of `ha_pairs` and `ha_members`, in the transaction of the caller. */
@Injectable()
export class PairRows {
  constructor(private readonly database: Database) {}

  /** The pairs of these clusters, of those that are any. */
  async ofClusters(clusterIds: readonly string[]): Promise<Pair[]> {
    return this.withMembers(
      await this.database
        .em()
        .query<PairRow[]>(`select ${PAIR} from ha_pairs p where p.cluster_id = any($1::uuid[]) order by p.cluster_id`, [clusterIds]),
    );
  }

  async find(clusterId: string): Promise<Pair | null> {
    return (await this.ofClusters([clusterId]))[0] ?? null;
  }

  /** The pairs of which any of these appliances is a member. */
  async ofAppliances(applianceIds: readonly string[]): Promise<Pair[]> {
    return this.withMembers(
      await this.database
        .em()
        .query<PairRow[]>(
          `select ${PAIR} from ha_pairs p where p.cluster_id in (select cluster_id from ha_members where appliance_id = any($1::uuid[]))`,
          [applianceIds],
        ),
    );
  }

  /** The same, held until the transaction ends. */
  async lock(clusterId: string): Promise<Pair | null> {
    const rows = await this.database
      .em()
      .query<PairRow[]>(`select ${PAIR} from ha_pairs p where p.cluster_id = $1 for update`, [clusterId]);
    return (await this.withMembers(rows))[0] ?? null;
  }

  /** Names of appliances, of those that are still there. */
  async namesOf(applianceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database
      .em()
      .query<{ id: string; name: string }[]>('select id, name from appliances where id = any($1::uuid[])', [applianceIds]);
    return new Map(rows.map((row) => [row.id, row.name]));
  }

  /** The cluster of the pair that an appliance is a member of. */
  async clusterOf(applianceId: string): Promise<string | null> {
    const [row] = await this.database
      .em()
      .query<{ clusterId: string }[]>('select cluster_id as "clusterId" from ha_members where appliance_id = $1', [applianceId]);
    return row?.clusterId ?? null;
  }

  /** Pairs that are not known to be whole, or of which a member is away: those that time alone may change. */
  async troubled(): Promise<{ readonly clusterId: string; readonly tenantId: string }[]> {
    return this.database.em().query(
      `select p.cluster_id as "clusterId", p.tenant_id as "tenantId" from ha_pairs p
        where p.condition <> 'whole' or p.is_alarmed
           or exists (select from ha_members m left join appliance_status s on s.appliance_id = m.appliance_id
                       where m.cluster_id = p.cluster_id and not coalesce(s.online, false))
        order by p.cluster_id`,
    );
  }

  /** Makes a pair or changes one; members that stay keep what they shall do and what they said. */
  async write(
    pair: { readonly clusterId: string; readonly tenantId: string; readonly siteId: string; readonly settings: HaSettings },
    members: readonly MemberFields[],
  ): Promise<void> {
    const em = this.database.em();
    const ids = members.map((member) => member.applianceId);
    await explainConstraints({ ha_pairs_vrid_key: vridTaken }, () =>
      em.query(
        `insert into ha_pairs as p (cluster_id, tenant_id, site_id, settings, vrid) values ($1, $2, $3, $4, $5)
         on conflict (cluster_id) do update set settings = excluded.settings, vrid = excluded.vrid, revision = p.revision + 1,
           former_members = array(select distinct id from unnest(p.former_members || array(
             select appliance_id from ha_members m where m.cluster_id = p.cluster_id and not m.appliance_id = any($6::uuid[]))) as id)`,
        [pair.clusterId, pair.tenantId, pair.siteId, JSON.stringify(pair.settings), pair.settings.vrid, ids],
      ),
    );
    await em.query('delete from ha_members where cluster_id = $1 and not appliance_id = any($2::uuid[])', [pair.clusterId, ids]);
    await em.query(
      `insert into ha_members (appliance_id, cluster_id, tenant_id, interface, address, priority)
       select n."applianceId", $1, $2, n.interface, n.address, n.priority
         from jsonb_to_recordset($3::jsonb) as n("applianceId" uuid, interface text, address text, priority int)
       on conflict (appliance_id) do update set interface = excluded.interface, address = excluded.address, priority = excluded.priority`,
      [pair.clusterId, pair.tenantId, JSON.stringify(members)],
    );
  }

  async remove(clusterId: string): Promise<void> {
    await this.database.em().query('delete from ha_pairs where cluster_id = $1', [clusterId]);
  }

  async saveOrders(orders: readonly Ordered[]): Promise<void> {
    await this.database.em().query(
      `update ha_members m set ha_order = n."order", command_id = n."commandId"
         from jsonb_to_recordset($1::jsonb) as n("applianceId" uuid, "order" text, "commandId" uuid) where m.appliance_id = n."applianceId"`,
      [JSON.stringify(orders)],
    );
  }

  async saveStatus(applianceId: string, status: HaStatus | null, statusAt: Date): Promise<void> {
    await this.database.em().query(
      `update ha_members set status = $2::jsonb, status_at = $3,
         state_at = case when status->>'state' is not distinct from $2::jsonb->>'state' and status->>'since' is not distinct from $2::jsonb->>'since'
                         then state_at else $3 end
        where appliance_id = $1`,
      [applianceId, status && JSON.stringify(status), statusAt],
    );
  }

  async saveCondition(clusterId: string, condition: HaView['condition'], reason: string, isAlarmed: boolean): Promise<void> {
    await this.database.em().query(
      `update ha_pairs set condition_since = case when condition = $2 then condition_since else clock_timestamp() end, condition = $2,
         condition_reason = $3, is_alarmed = $4 where cluster_id = $1`,
      [clusterId, condition, reason, isAlarmed],
    );
  }

  private async withMembers(pairs: readonly PairRow[]): Promise<Pair[]> {
    if (pairs.length === 0) return [];
    const rows = await this.database.em().query<(PairMember & { clusterId: string })[]>(
      `select ${MEMBER} from ha_members m join appliances a on a.id = m.appliance_id
         left join appliance_status s on s.appliance_id = m.appliance_id
         left join appliance_health h on h.appliance_id = m.appliance_id
        where m.cluster_id = any($1::uuid[]) order by m.priority desc`,
      [pairs.map((pair) => pair.clusterId)],
    );
    return pairs.map((pair) => ({ ...pair, members: rows.filter((row) => row.clusterId === pair.clusterId) }));
  }
}
