import { Injectable } from '@nestjs/common';
import type { Facet } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';

/** What was found on a box, as its read-back told it. */
export interface FoundDrift {
  readonly facet: Facet;
  /** Unified diff: what was applied against what was found. */
  readonly diff: string | null;
}

type Adopter = (applianceId: string, drift: FoundDrift) => Promise<void>;

const WHY_NOT = {
  signatures: 'rules that somebody edited on the box are no signed pack; publish them as one and assign it',
  policy: 'files that somebody edited on the box are no policy; write what you want of it into the policy',
  network: 'rules of nftables say less than the network policy that they come from; write what you want of them into the policy',
  ha: 'the part of one member can’t be told from the pair’s settings; change those',
  patterns: 'what was found can’t be told in addresses',
} as const satisfies Record<Facet, string>;

/** Who can take what was found on a box as intended. */
@Injectable()
export class DriftAdoptions {
  private readonly adopters = new Map<Facet, Adopter>();

  /** The adopter changes what is intended, in the caller's transaction; it throws `conflict` where it can't say what was found. */
  register(facet: Facet, adopter: Adopter): void {
    this.adopters.set(facet, adopter);
  }

  /** Throws `conflict` with the reason where the facet's own words can't say what was found. */
  async adopt(applianceId: string, drift: FoundDrift): Promise<void> {
    const adopter = this.adopters.get(drift.facet);
    if (!adopter) throw new AppError('conflict', 'desired-state.not-adoptable', WHY_NOT[drift.facet]);
    await adopter(applianceId, drift);
  }
}
