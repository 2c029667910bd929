/**
 * Releases: signed TUF repositories (the provider's and one per tenant), the chunks of what they name, signature packs, and the keys
 * that sign desired state.
 *
 * Owns the tables `tuf_repositories`, `tuf_lists`, `tuf_targets`, `tuf_metadata`, `content_chunks`, `signature_packs` and `state_keys`, the routes
 * `/api/v1/signature-packs` and the job `releases.renew`.
 *
 * - Publications of one repository stand one after another, under its row's lock.
 * - Versions of metadata never go back, not even over a restored backup.
 * - Private keys are sealed before they are stored.
 *
 * `desired-state`, `content` and `enrolment` may call it.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { ChunkRows } from './chunks.repository.js';
import { Releases1763730000000 } from './migrations/1-releases.js';
import { PacksController } from './packs.controller.js';
import { PackRows } from './packs.repository.js';
import { PacksService } from './packs.service.js';
import { releasesConfig } from './releases.config.js';
import { PrepareReleases } from './releases.prepare.js';
import { ReleasesService } from './releases.service.js';
import { RepositoryPublisher } from './repository-publisher.js';
import { RepositoryRows } from './repository-rows.repository.js';
import { StateKeys } from './state-keys.js';
import { StateKeyRows } from './state-keys.repository.js';

@Module({
  controllers: [PacksController],
  providers: [
    RepositoryRows,
    ChunkRows,
    RepositoryPublisher,
    ReleasesService,
    StateKeyRows,
    StateKeys,
    PackRows,
    PacksService,
    PrepareReleases,
  ],
  exports: [ReleasesService, StateKeys, PacksService],
})
export class ReleasesModule {}

export const releasesFeature: ControllerFeature = {
  name: 'releases',
  module: ReleasesModule,
  migrations: [Releases1763730000000],
  config: [releasesConfig],
  prepare: PrepareReleases,
};

export { PacksService } from './packs.service.js';
export { ReleasesService } from './releases.service.js';
export { StateKeys } from './state-keys.js';
export type { NewTarget } from './repository-publisher.js';
export type { RepositoryOwner } from './owner.repository.js';
