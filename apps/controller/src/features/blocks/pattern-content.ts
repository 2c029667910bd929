import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sha256Hex } from '@phalanx/kit';
import { type FacetContent, FacetContents } from '../desired-state/index.js';
import { type PatternBox, PatternRows } from './pattern-rows.repository.js';

interface Lists {
  readonly blocks: string;
  readonly released: string;
}

/**
 * Makes the document of the facet `patterns`. A list of many thousands is worked out only when it has changed: what a box was told of the same
 * list is known by its number.
 */
@Injectable()
export class PatternContent implements OnModuleInit {
  constructor(
    private readonly rows: PatternRows,
    private readonly contents: FacetContents,
  ) {}

  onModuleInit(): void {
    this.contents.register('patterns', (applianceIds) => this.of(applianceIds));
  }

  private async of(applianceIds: readonly string[]): Promise<ReadonlyMap<string, FacetContent>> {
    const found = new Map<string, FacetContent>();
    const lists = new Map<string, Promise<Lists>>();
    const fresh: { applianceId: string; tenantId: string; sha256: string; serial: number }[] = [];
    for (const box of await this.rows.boxes(applianceIds)) {
      const bytes = async () => Buffer.from(textOf(box, await this.listsOf(box, lists)));
      if (box.sha256 !== null) {
        found.set(box.applianceId, { sha256: box.sha256, bytes });
        continue;
      }
      const made = await bytes();
      const sha256 = sha256Hex(made);
      found.set(box.applianceId, { sha256, bytes: () => Promise.resolve(made) });
      fresh.push({ applianceId: box.applianceId, tenantId: box.tenantId, sha256, serial: box.serial });
    }
    if (fresh.length > 0) await this.rows.publish(fresh);
    return found;
  }

  /** Boxes of one cluster have the same lists. */
  private listsOf({ tenantId, clusterId }: PatternBox, known: Map<string, Promise<Lists>>): Promise<Lists> {
    const before = known.get(clusterId);
    if (before) return before;
    const made = (async () => ({
      blocks: (await this.rows.blocks(tenantId, clusterId)).join(','),
      released: (await this.rows.releases(tenantId)).join(','),
    }))();
    known.set(clusterId, made);
    return made;
  }
}

/** The canonical text of `AppliancePatterns`, put together by hand: walking fifty thousand entries once more would take longer than all the rest. */
function textOf({ applianceId, tenantId }: PatternBox, { blocks, released }: Lists): string {
  return `{"applianceId":"${applianceId}","blocks":[${blocks}],"released":[${released}],"tenantId":"${tenantId}","version":1}`;
}
