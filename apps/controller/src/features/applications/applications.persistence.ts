import { TypeOrmModule } from '@nestjs/typeorm';
import { ApplicationEntity } from './application.entity.js';

/** Registers the entity of this feature. */
export const applicationsPersistence = TypeOrmModule.forFeature([ApplicationEntity]);
