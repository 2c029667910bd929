import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiTokenEntity } from './api-token.entity.js';
import { LoginAttemptEntity } from './login-attempt.entity.js';
import { OperatorEntity } from './operator.entity.js';
import { RoleBindingEntity } from './role-binding.entity.js';
import { SessionEntity } from './session.entity.js';

/** Registers the entities of this feature. */
export const accessPersistence = TypeOrmModule.forFeature([
  OperatorEntity,
  RoleBindingEntity,
  SessionEntity,
  ApiTokenEntity,
  LoginAttemptEntity,
]);
