import { Injectable } from '@nestjs/common';
import { DRIVER_FACETS, type DriverFacet } from '@phalanx/contracts';
import { AppError, canonicalJson } from '@phalanx/kit';

/** The documents that one facet shall have on these boxes, as bytes, by appliance; a box that is left out shall have none. In the caller's transaction. */
export type ContentSource = (applianceIds: readonly string[]) => Promise<ReadonlyMap<string, Buffer>>;

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
  async of(applianceIds: readonly string[]): Promise<readonly (readonly [DriverFacet, ReadonlyMap<string, Buffer>])[]> {
    const found: (readonly [DriverFacet, ReadonlyMap<string, Buffer>])[] = [];
    for (const facet of DRIVER_FACETS) {
      const source = this.sources.get(facet);
      if (source) found.push([facet, await source(applianceIds)]);
    }
    return found;
  }
}

/** A document as the bytes that its digest is taken of. */
export function contentOf(document: object): Buffer {
  return Buffer.from(canonicalJson(document));
}
