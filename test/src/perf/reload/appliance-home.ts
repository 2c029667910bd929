import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppliancePolicy, DEFAULT_SETTINGS, type SignaturePack } from '@phalanx/contracts';
import { crsPack, loopbackApplication, loopbackPolicy } from '@phalanx/testing';
import { crs4 } from '../../peers/rule-set.js';

/** The home of an engine with one application in prevention, and full packs that differ in one rule. */
export class ApplianceHome {
  readonly folder: string;
  readonly controlSocket: string;
  readonly #policy: AppliancePolicy;
  readonly #pack: SignaturePack;

  constructor(folder: string, listenPort: number, originPort: number) {
    this.folder = folder;
    this.controlSocket = join(folder, 'control.sock');
    for (const name of ['active', 'staged', 'secrets', 'spool']) mkdirSync(join(folder, name), { recursive: true });
    this.#policy = policyFor(listenPort, originPort);
    const { rules, setup, version } = crs4();
    this.#pack = crsPack({ rules, setup, packVersion: version });
    this.put('active', 0);
  }

  /** Writes the policy and a pack whose own rule refuses the path of this generation. */
  put(place: 'active' | 'staged', generation: number): void {
    const rule = `SecRule REQUEST_FILENAME "@streq ${generationPath(generation)}" "id:100001,phase:1,deny,status:403,log,msg:'generation'"\n`;
    const pack: SignaturePack = {
      ...this.#pack,
      packVersion: `${this.#pack.packVersion}.${generation}`,
      load: [...this.#pack.load, 'generation.conf'],
      files: { ...this.#pack.files, 'generation.conf': rule },
    };
    writeFileSync(join(this.folder, place, 'policy.json'), JSON.stringify(this.#policy));
    writeFileSync(join(this.folder, place, 'signatures.json'), JSON.stringify(pack));
  }
}

/** The path that only this generation's rules refuse. */
export function generationPath(generation: number): string {
  return `/generation/${generation}`;
}

function policyFor(listenPort: number, originPort: number): AppliancePolicy {
  return loopbackPolicy([loopbackApplication(listenPort, originPort, { ...DEFAULT_SETTINGS, level: 'prevention' })]);
}
