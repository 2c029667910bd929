import { Injectable } from '@nestjs/common';
import { DRIVER_FACETS, type DriverFacet } from '@phalanx/contracts';
import { AppError, canonicalJson, sha256Hex } from '@phalanx/kit';

/** A document of one box. Its bytes are asked for only where they are not published yet. */
export interface FacetContent {
  readonly sha256: string;
  bytes(): Promise<Buffer>;
}

/** The documents that one facet shall have on these boxes, by appliance; a box that is left out shall have none. In the caller's transaction. */
export type ContentSource = (applianceIds: readonly string[]) => Promise<ReadonlyMap<string, FacetContent>>;

/** Where the documents of the facets that the agent applies by itself come from. Each has one source: the feature that owns it. */
@Injectable()
export class FacetContents {
  private readonly sources = new Map<DriverFacet, ContentSource>();

  /** Before the application starts. */
  register(facet: DriverFacet, source: ContentSource): void {
    if (this.sources.has(facet)) throw new AppError('bug', 'desired-state.second-source', `the facet ${facet} already has its source`);
    this.sources.set(facet, source);
  }

  /** What each of the facets shall be on these boxes. */
  async of(applianceIds: readonly string[]): Promise<readonly (readonly [DriverFacet, ReadonlyMap<string, FacetContent>])[]> {
    const found: (readonly [DriverFacet, ReadonlyMap<string, FacetContent>])[] = [];
    for (const facet of DRIVER_FACETS) {
      const source = this.sources.get(facet);
      if (source) found.push([facet, await source(applianceIds)]);
    }
    return found;
  }
}

/** A document as its canonical text. */
export function contentOf(document: object): FacetContent {
  const bytes = Buffer.from(canonicalJson(document));
  return { sha256: sha256Hex(bytes), bytes: () => Promise.resolve(bytes) };
}
