import { TypeOrmModule } from '@nestjs/typeorm';
import { EffectivePolicyEntity } from './effective-policy.entity.js';
import { PolicyEntity } from './policy.entity.js';
import { PolicyVersionEntity } from './policy-version.entity.js';

/** Registers the entities of this feature. */
export const policiesPersistence = TypeOrmModule.forFeature([PolicyEntity, PolicyVersionEntity, EffectivePolicyEntity]);
