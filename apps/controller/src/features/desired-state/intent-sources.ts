import { Injectable } from '@nestjs/common';
import { ControllerAddresses } from '../enrolment/index.js';
import { PolicyService } from '../policies/index.js';
import { PacksService, ReleasesService, StateKeys } from '../releases/index.js';

/** Where intent comes from, where it is published and what signs it. */
@Injectable()
export class IntentSources {
  constructor(
    readonly policies: PolicyService,
    readonly packs: PacksService,
    readonly releases: ReleasesService,
    readonly stateKeys: StateKeys,
    readonly addresses: ControllerAddresses,
  ) {}
}
