import { join } from 'node:path';
import { type EngineFacet, ENGINE_FACETS } from '@phalanx/contracts';
import { type Disk, sha256Hex } from '@phalanx/kit';

const FILE_OF = { policy: 'policy.json', signatures: 'signatures.json' } as const satisfies Record<EngineFacet, string>;
export type EngineFolder = 'active' | 'staged';

/** The engine's own folders, as far as the agent writes them: `active/` (what the engine starts from) and `staged/` (what it is to try). */
export class EngineFiles {
  constructor(
    private readonly disk: Disk,
    private readonly home: string,
  ) {
    for (const folder of ['active', 'staged'] as const) disk.makeFolder(join(home, folder));
  }

  read(folder: EngineFolder, facet: EngineFacet): Buffer | null {
    return this.disk.read(this.path(folder, facet));
  }

  /** Digest of the file, or null where there is none. */
  digest(folder: EngineFolder, facet: EngineFacet): string | null {
    const bytes = this.read(folder, facet);
    return bytes ? sha256Hex(bytes) : null;
  }

  /** Makes the file have these bytes, or be absent for null. Touches nothing where it is so already. */
  write(folder: EngineFolder, facet: EngineFacet, bytes: Buffer | null): void {
    const present = this.read(folder, facet);
    if (bytes === null) {
      if (present) this.disk.remove(this.path(folder, facet));
    } else if (!present?.equals(bytes)) this.disk.replace(this.path(folder, facet), bytes);
  }

  clearStaged(): void {
    for (const facet of ENGINE_FACETS) this.write('staged', facet, null);
  }

  private path(folder: EngineFolder, facet: EngineFacet): string {
    return join(this.home, folder, FILE_OF[facet]);
  }
}
