import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../../platform/http/principal.js';
import { AccessJobs } from './access.jobs.js';
import { accessPersistence } from './access.persistence.js';
import { ApiTokenController } from './api-token.controller.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { ApiTokenService } from './api-token.service.js';
import { CredentialAuthenticator } from './credential-authenticator.js';
import { CredentialRepository } from './credential.repository.js';
import { FirstOwner } from './first-owner.js';
import { LoginAttemptRepository } from './login-attempt.repository.js';
import { LoginThrottle } from './login-throttle.js';
import { OperatorController } from './operator.controller.js';
import { OperatorRepository } from './operator.repository.js';
import { OperatorService } from './operator.service.js';
import { SessionController } from './session.controller.js';
import { SessionDirectory } from './session-directory.repository.js';
import { SessionRepository } from './session.repository.js';
import { SessionService } from './session.service.js';

/** Global: what stands before every route asks its `Authenticator`. */
@Global()
@Module({
  imports: [accessPersistence],
  controllers: [SessionController, OperatorController, ApiTokenController],
  providers: [
    OperatorRepository,
    SessionRepository,
    ApiTokenRepository,
    CredentialRepository,
    LoginAttemptRepository,
    SessionDirectory,
    LoginThrottle,
    SessionService,
    OperatorService,
    ApiTokenService,
    AccessJobs,
    FirstOwner,
    CredentialAuthenticator,
    { provide: Authenticator, useExisting: CredentialAuthenticator },
  ],
  exports: [Authenticator, OperatorService],
})
export class AccessModule {}
