/**
 * Blocks: addresses that operators have the packet engines of the fleet refuse, those that must stay free, and what proves that it is so.
 *
 * Owns the tables `block_lists`, `address_blocks`, `address_releases` and `block_publications`, the routes `/api/v1/blocks…`, `/block-releases` and `/box-blocks`, the job
 * `blocks.expire`, and the facet `patterns`.
 * Invariants: each change of a tenant's list counts its number up while holding it, so a box that was told number n was told all changes up to n; a block
 * counts as proven only where the list that was read back from the box is one that holds it; a tenant without blocks and releases has no facet.
 * Callers: none by code; desired state asks for the facet's documents through `FacetContents`.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { DesiredStateModule } from '../desired-state/index.js';
import { HealthModule } from '../health/index.js';
import { TenantsModule } from '../tenants/index.js';
import { BlockAdoption } from './block-adoption.js';
import { BlockAnnouncer } from './block-announcer.js';
import { BlockReader } from './block-reader.js';
import { BlockRows } from './block-rows.repository.js';
import { BlockWriter } from './block-writer.js';
import { BlocksController } from './blocks.controller.js';
import { BlockJobs } from './blocks.jobs.js';
import { FleetRows } from './fleet-rows.repository.js';
import { Blocks1763790000400 } from './migrations/1-blocks.js';
import { PatternContent } from './pattern-content.js';
import { PatternRows } from './pattern-rows.repository.js';
import { ReleaseRows } from './release-rows.repository.js';

@Module({
  imports: [TenantsModule, HealthModule, DesiredStateModule],
  controllers: [BlocksController],
  providers: [
    BlockRows,
    ReleaseRows,
    PatternRows,
    FleetRows,
    BlockAnnouncer,
    BlockWriter,
    BlockReader,
    PatternContent,
    BlockJobs,
    BlockAdoption,
  ],
})
class BlocksModule {}

export const blocksFeature: ControllerFeature = { name: 'blocks', module: BlocksModule, migrations: [Blocks1763790000400] };
