import { Global, Module } from '@nestjs/common';
import { ApplicationDirectory, PoliciesModule } from '../policies/index.js';
import { TenantsModule } from '../tenants/index.js';
import { ApplicationController } from './application.controller.js';
import { ApplicationRepository } from './application.repository.js';
import { ApplicationService } from './application.service.js';
import { applicationsPersistence } from './applications.persistence.js';

/** Global and apart from the routes: policies, which stand below, need it and can't import it. */
@Global()
@Module({
  imports: [applicationsPersistence],
  providers: [ApplicationRepository, { provide: ApplicationDirectory, useExisting: ApplicationRepository }],
  exports: [ApplicationRepository, ApplicationDirectory],
})
class ApplicationRecordsModule {}

@Module({
  imports: [ApplicationRecordsModule, PoliciesModule, TenantsModule],
  controllers: [ApplicationController],
  providers: [ApplicationService],
  exports: [ApplicationService],
})
export class ApplicationsModule {}
