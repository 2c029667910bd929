import { TypeOrmModule } from '@nestjs/typeorm';
import { ApplianceEntity } from './appliance.entity.js';
import { ApplianceStatusEntity } from './appliance-status.entity.js';

/** Registers the entities of this feature. */
export const appliancesPersistence = TypeOrmModule.forFeature([ApplianceEntity, ApplianceStatusEntity]);
