import { Module } from '@nestjs/common';
import { ClusterController } from './cluster.controller.js';
import { ClusterRepository } from './cluster.repository.js';
import { ClusterService } from './cluster.service.js';
import { SiteController } from './site.controller.js';
import { SiteRepository } from './site.repository.js';
import { SiteService } from './site.service.js';
import { TenantController } from './tenant.controller.js';
import { TenantLifecycle } from './tenant-lifecycle.js';
import { TenantRepository } from './tenant.repository.js';
import { TenantService } from './tenant.service.js';
import { tenantsPersistence } from './tenants.persistence.js';

@Module({
  imports: [tenantsPersistence],
  controllers: [TenantController, SiteController, ClusterController],
  providers: [TenantRepository, SiteRepository, ClusterRepository, TenantLifecycle, TenantService, SiteService, ClusterService],
  exports: [TenantService, TenantLifecycle, ClusterService],
})
export class TenantsModule {}
