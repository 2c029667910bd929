import { Injectable } from '@nestjs/common';
import { type Facet, type DesiredState, type ReleaseReference } from '@phalanx/contracts';
import { canonicalJson, sha256Hex } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { type NewTarget } from '../releases/index.js';
import { AssignmentRows } from './assignments.repository.js';
import { syncStateOf } from './derive-facet.js';
import { IntentSources } from './intent-sources.js';
import { type FacetRow, type StateRow, StateRows } from './state-rows.repository.js';

/** What one facet of one box shall be, with the bytes where they are not published yet. */
interface Wanted {
  readonly state: StateRow;
  readonly facet: Facet;
  readonly intentSha256: string;
  readonly release: ReleaseReference | NewTarget;
}

const isNew = (release: Wanted['release']): release is NewTarget => 'bytes' in release;

/** Turns what is in the database (policies, applications, assigned packs) into desired state of boxes. */
@Injectable()
export class IntentService {
  constructor(
    private readonly database: Database,
    private readonly rows: StateRows,
    private readonly assignments: AssignmentRows,
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
      const wanted = await this.changesOf(states, facets);
      const unchanged = states.filter((state) => !wanted.some((change) => change.state === state));
      if (unchanged.length > 0)
        await this.rows.saveUnchanged(unchanged.map(({ applianceId }) => ({ applianceId, ...syncStateOf(facets.get(applianceId) ?? []) })));
      if (wanted.length === 0) return [];
      const retired = await this.retiredPaths(tenantId, wanted, facets);
      const published = await this.sources.releases.publish(tenantId, wanted.map((change) => change.release).filter(isNew), retired);
      let next = 0;
      const settled = wanted.map((change) => ({ ...change, release: isNew(change.release) ? published[next++]! : change.release }));
      const changed = [...new Map(settled.map((change) => [change.state.applianceId, change.state])).values()];
      const documents = await Promise.all(
        changed.map((state) => {
          const own = settled.filter((change) => change.state === state);
          return this.document(state, facets.get(state.applianceId) ?? [], own);
        }),
      );
      await this.rows.saveDesiredFacets(
        tenantId,
        settled.map(({ state, facet, intentSha256, release }) => ({
          applianceId: state.applianceId,
          facet,
          intentSha256,
          desired: release,
        })),
      );
      await this.rows.saveDesired(documents);
      const ids = changed.map((state) => state.applianceId);
      for (let start = 0; start < ids.length; start += 100)
        this.live.publish({ topic: 'appliance', tenantId, ids: ids.slice(start, start + 100) });
      return ids;
    });
  }

  /** Takes policies of appliances that were removed out of every tenant's repository. */
  async retireGone(): Promise<void> {
    for (const tenantId of await this.database.allTenantIds()) await this.retireGoneOf(tenantId);
  }

  private async retireGoneOf(tenantId: string): Promise<void> {
    await this.database.run(scopeOfTenant(tenantId), async () => {
      const { releases } = this.sources;
      const subjects = await releases.listedSubjects(tenantId, 'policy');
      const existing = new Set(await this.rows.existing(subjects));
      const gone = subjects.filter((id) => !existing.has(id));
      if (gone.length > 0) await releases.publish(tenantId, [], await releases.listedPaths(tenantId, 'policy', gone));
    });
  }

  /** Earlier policies that nobody needs any more: what a box was told last and what it runs stays listed. */
  private async retiredPaths(
    tenantId: string,
    wanted: readonly Wanted[],
    facets: ReadonlyMap<string, readonly FacetRow[]>,
  ): Promise<string[]> {
    const renewed = wanted.filter((change) => change.facet === 'policy').map((change) => change.state.applianceId);
    const known = renewed.flatMap((id) => facets.get(id) ?? []);
    const kept = new Set(known.flatMap((row) => [row.desired?.path, row.sent?.path, row.applied?.path]));
    return (await this.sources.releases.listedPaths(tenantId, 'policy', renewed)).filter((path) => !kept.has(path));
  }

  private async changesOf(states: readonly StateRow[], facets: ReadonlyMap<string, readonly FacetRow[]>): Promise<Wanted[]> {
    const packs = await this.assignments.packsOf(states.map((state) => state.applianceId));
    const references = new Map<string, ReleaseReference>();
    for (const id of new Set(packs.values())) references.set(id, await this.sources.packs.reference(id));
    const changes: Wanted[] = [];
    for (const state of states) {
      const intents = new Map((facets.get(state.applianceId) ?? []).map((row) => [row.facet, row.intentSha256]));
      const pack = references.get(packs.get(state.applianceId) ?? '');
      if (pack && pack.sha256 !== intents.get('signatures'))
        changes.push({ state, facet: 'signatures', intentSha256: pack.sha256, release: pack });
      const policy = await this.sources.policies.appliancePolicy(state.applianceId);
      if (!policy) continue;
      const bytes = Buffer.from(canonicalJson(policy));
      const sha256 = sha256Hex(bytes);
      if (sha256 === intents.get('policy')) continue;
      const version = `${state.epoch}.${state.generation + 1}`;
      const path = `policy/${state.applianceId}/${version}.json`;
      changes.push({ state, facet: 'policy', intentSha256: sha256, release: { path, version, bytes } });
    }
    return changes;
  }

  private async document(
    state: StateRow,
    known: readonly FacetRow[],
    changes: readonly { facet: Facet; release: ReleaseReference }[],
  ): Promise<{ applianceId: string; epoch: number; generation: number; document: string }> {
    const { applianceId, tenantId, epoch } = state;
    const generation = state.generation + 1;
    const facets: Partial<Record<Facet, ReleaseReference>> = {};
    // An adopted release may be one that we no longer have: what we don't ask for is left as it runs.
    for (const row of known) if (row.desired && row.desired.sha256 === row.intentSha256) facets[row.facet] = row.desired;
    for (const { facet, release } of changes) facets[facet] = release;
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
