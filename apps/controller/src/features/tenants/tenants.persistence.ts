import { TypeOrmModule } from '@nestjs/typeorm';
import { ClusterEntity } from './cluster.entity.js';
import { SiteEntity } from './site.entity.js';
import { TenantEntity } from './tenant.entity.js';

/** Registers the entities of this feature. */
export const tenantsPersistence = TypeOrmModule.forFeature([TenantEntity, SiteEntity, ClusterEntity]);
