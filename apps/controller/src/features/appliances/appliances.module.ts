import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/index.js';
import { ApplianceController } from './appliance.controller.js';
import { ApplianceRepository } from './appliance.repository.js';
import { ApplianceService } from './appliance.service.js';
import { appliancesPersistence } from './appliances.persistence.js';

@Module({
  imports: [appliancesPersistence, TenantsModule],
  controllers: [ApplianceController],
  providers: [ApplianceRepository, ApplianceService],
  exports: [ApplianceService],
})
export class AppliancesModule {}
