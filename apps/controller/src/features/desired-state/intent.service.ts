import { Injectable } from '@nestjs/common';
import { type DesiredState, DRIVER_FACETS, type Facet, type ReleaseReference } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { type NewTarget } from '../releases/index.js';
import { syncStateOf } from './derive-facet.js';
import { IntentChanges, type Wanted } from './intent-changes.js';
import { IntentSources } from './intent-sources.js';
import { type FacetRow, type StateRow, StateRows } from './state-rows.repository.js';

/** Facets whose documents the controller writes per box; the folder of their targets has the facet's name. */
const WRITTEN_FACETS = ['policy', ...DRIVER_FACETS] as const;
const IDS_PER_HINT = 100;

type Settled = Omit<Wanted, 'release'> & { readonly release: ReleaseReference | null };

const isNew = (release: Wanted['release']): release is NewTarget => release !== null && 'bytes' in release;

/** Turns what is in the database (policies, applications, assigned packs, networks, pairs, blocks) into desired state of boxes. */
@Injectable()
export class IntentService {
  constructor(
    private readonly database: Database,
    private readonly rows: StateRows,
    private readonly changes: IntentChanges,
    private readonly sources: IntentSources,
    private readonly live: LiveBus,
  ) {}

  /**
   * Works out anew what these boxes shall run, and writes a desired state for each whose digests differ from what was last asked for;
   * all of them in one publication. Answers the boxes that are to be told.
   */
  async recompute(tenantId: string, applianceIds: readonly string[]): Promise<string[]> {
    return this.database.run(scopeOfTenant(tenantId), async () => {
      const states = await this.rows.lock(tenantId, [...new Set(applianceIds)].sort());
      const facets = await this.rows.facets(states.map((state) => state.applianceId));
      const wanted = await this.changes.of(states, facets);
      const unchanged = states.filter((state) => !wanted.some((change) => change.state === state));
      if (unchanged.length > 0)
        await this.rows.saveUnchanged(unchanged.map(({ applianceId }) => ({ applianceId, ...syncStateOf(facets.get(applianceId) ?? []) })));
      if (wanted.length === 0) return [];
      const retired = await this.retiredPaths(tenantId, wanted, facets);
      const published = await this.sources.releases.publish(tenantId, wanted.map((change) => change.release).filter(isNew), retired);
      let next = 0;
      const settled = wanted.map((change): Settled => ({
        ...change,
        release: isNew(change.release) ? published[next++]! : change.release,
      }));
      const changed = [...new Map(settled.map((change) => [change.state.applianceId, change.state])).values()];
      await this.rows.saveDesiredFacets(
        tenantId,
        settled.map(({ state, facet, intentSha256, release }) => ({
          applianceId: state.applianceId,
          facet,
          intentSha256,
          desired: release,
        })),
      );
      await this.write(changed, facets, settled);
      return changed.map((state) => state.applianceId);
    });
  }

  /** Writes the box's desired state anew, with the same releases in the next generation, in the caller's transaction: the box mends what drifted. */
  async reissue(state: StateRow): Promise<void> {
    await this.write([state], await this.rows.facets([state.applianceId]), []);
  }

  /** Takes documents that no box needs any more (of removed appliances, of facets that were taken away) out of every tenant's repository. */
  async retireGone(): Promise<void> {
    for (const tenantId of await this.database.allTenantIds()) await this.retireGoneOf(tenantId);
  }

  private async retireGoneOf(tenantId: string): Promise<void> {
    await this.database.run(scopeOfTenant(tenantId), async () => {
      const { releases } = this.sources;
      for (const facet of WRITTEN_FACETS) {
        const subjects = await releases.listedSubjects(tenantId, facet);
        const needed = new Set(await this.rows.needing(facet, subjects));
        const gone = subjects.filter((id) => !needed.has(id));
        if (gone.length > 0) await releases.publish(tenantId, [], await releases.listedPaths(tenantId, facet, gone));
      }
    });
  }

  private async write(
    states: readonly StateRow[],
    facets: ReadonlyMap<string, readonly FacetRow[]>,
    settled: readonly Settled[],
  ): Promise<void> {
    const documents = await Promise.all(
      states.map((state) => {
        const own = settled.filter((change) => change.state === state);
        return this.document(state, facets.get(state.applianceId) ?? [], own);
      }),
    );
    await this.rows.saveDesired(documents);
    for (const [tenantId, own] of Map.groupBy(states, (state) => state.tenantId)) {
      const ids = own.map((state) => state.applianceId);
      for (let start = 0; start < ids.length; start += IDS_PER_HINT)
        this.live.publish({ topic: 'appliance', tenantId, ids: ids.slice(start, start + IDS_PER_HINT) });
    }
  }

  /** Earlier documents that nobody needs any more: what a box was told last and what it runs stays listed. */
  private async retiredPaths(
    tenantId: string,
    wanted: readonly Wanted[],
    facets: ReadonlyMap<string, readonly FacetRow[]>,
  ): Promise<string[]> {
    const retired: string[] = [];
    for (const facet of WRITTEN_FACETS) {
      const renewed = wanted.filter((change) => change.facet === facet).map((change) => change.state.applianceId);
      if (renewed.length === 0) continue;
      const known = renewed.flatMap((id) => facets.get(id) ?? []);
      const kept = new Set(known.flatMap((row) => [row.desired?.path, row.sent?.path, row.applied?.path]));
      const listed = await this.sources.releases.listedPaths(tenantId, facet, renewed);
      retired.push(...listed.filter((path) => !kept.has(path)));
    }
    return retired;
  }

  private async document(
    state: StateRow,
    known: readonly FacetRow[],
    changes: readonly Settled[],
  ): Promise<{ applianceId: string; epoch: number; generation: number; document: string }> {
    const { applianceId, tenantId, epoch } = state;
    const generation = state.generation + 1;
    const facets: Partial<Record<Facet, ReleaseReference>> = {};
    for (const row of known) if (row.desired && isAskedFor(row)) facets[row.facet] = row.desired;
    for (const { facet, release } of changes) {
      if (release) facets[facet] = release;
      else delete facets[facet];
    }
    const signed: DesiredState = {
      version: 1,
      applianceId,
      tenantId,
      order: { epoch, generation },
      issuedAt: new Date().toISOString(),
      facets,
      controller: this.sources.addresses.current(),
    };
    return { applianceId, epoch, generation, document: JSON.stringify(await this.sources.stateKeys.sign(signed)) };
  }
}

/**
 * An adopted release may be one that we no longer have. An engine facet that we don't ask for is left as it runs; one that the agent
 * applies by itself would be taken away, so it is named as it runs.
 */
function isAskedFor({ facet, desired, intentSha256 }: FacetRow): boolean {
  return desired?.sha256 === intentSha256 || DRIVER_FACETS.some((candidate) => candidate === facet);
}
