import { Injectable } from '@nestjs/common';
import type { Facet, ReleaseReference } from '@phalanx/contracts';
import type { NewTarget } from '../releases/index.js';
import { AssignmentRows } from './assignments.repository.js';
import { contentOf, type FacetContent, FacetContents } from './facet-contents.js';
import { IntentSources } from './intent-sources.js';
import type { FacetRow, StateRow } from './state-rows.repository.js';

/** What one facet of one box shall be, with the bytes where they are not published yet. */
export interface Wanted {
  readonly state: StateRow;
  readonly facet: Facet;
  /** Null where the box shall have it no more. */
  readonly intentSha256: string | null;
  readonly release: ReleaseReference | NewTarget | null;
}

/** Compares what boxes shall run with what was last asked for. */
@Injectable()
export class IntentChanges {
  constructor(
    private readonly assignments: AssignmentRows,
    private readonly sources: IntentSources,
    private readonly contents: FacetContents,
  ) {}

  /** Facets that differ from what was last asked for, in the transaction of the caller. */
  async of(states: readonly StateRow[], facets: ReadonlyMap<string, readonly FacetRow[]>): Promise<Wanted[]> {
    const ids = states.map((state) => state.applianceId);
    const packs = await this.assignments.packsOf(ids);
    const references = new Map<string, ReleaseReference>();
    for (const id of new Set(packs.values())) references.set(id, await this.sources.packs.reference(id));
    const documents = await this.contents.of(ids);
    const changes: Wanted[] = [];
    for (const state of states) {
      const { applianceId } = state;
      const known = new Map((facets.get(applianceId) ?? []).map((row) => [row.facet, row]));
      const pack = references.get(packs.get(applianceId) ?? '');
      if (pack && pack.sha256 !== known.get('signatures')?.intentSha256)
        changes.push({ state, facet: 'signatures', intentSha256: pack.sha256, release: pack });
      const policy = await this.sources.policies.appliancePolicy(applianceId);
      if (policy) changes.push(...(await changeOf(state, 'policy', contentOf(policy), known.get('policy'))));
      for (const [facet, contents] of documents)
        changes.push(...(await changeOf(state, facet, contents.get(applianceId), known.get(facet))));
    }
    return changes;
  }
}

/** At most one change. A facet that nobody asked for, but that was adopted from the box, stays. */
async function changeOf(state: StateRow, facet: Facet, content: FacetContent | undefined, row: FacetRow | undefined): Promise<Wanted[]> {
  if (!content) return row && row.intentSha256 !== null ? [{ state, facet, intentSha256: null, release: null }] : [];
  const intentSha256 = content.sha256;
  if (intentSha256 === row?.intentSha256) return [];
  const version = `${state.epoch}.${state.generation + 1}`;
  const release = { path: `${facet}/${state.applianceId}/${version}.json`, version, bytes: await content.bytes() };
  return [{ state, facet, intentSha256, release }];
}
