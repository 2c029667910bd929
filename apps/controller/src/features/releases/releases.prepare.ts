import { Injectable } from '@nestjs/common';
import type { PrepareStep } from '../../platform/feature.js';
import { ReleasesService } from './releases.service.js';
import { StateKeys } from './state-keys.js';

/** Makes the keys that sign desired state and every repository that is missing. */
@Injectable()
export class PrepareReleases implements PrepareStep {
  constructor(
    private readonly releases: ReleasesService,
    private readonly stateKeys: StateKeys,
  ) {}

  async prepare(): Promise<void> {
    await this.stateKeys.publicKeys();
    await this.releases.renewAll();
  }
}
