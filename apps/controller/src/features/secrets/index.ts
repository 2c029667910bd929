/**
 * Secrets: TLS certificates of applications with their private keys.
 *
 * Owns the table `secrets`, the channel `secret` and the routes `/api/v1/secrets`.
 *
 * - A private key is stored sealed, and no route ever answers it.
 * - A box gets a secret only while its policy names it, sealed to the key of the asking enrolment.
 * - A secret never changes: a new certificate is a new secret.
 *
 * `policies` asks whether a certificate is there, by its `CertificateDirectory`.
 */
import { Global, Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { EnrolmentModule } from '../enrolment/index.js';
import { CertificateDirectory, PoliciesModule } from '../policies/index.js';
import { Secrets1763720000200 } from './migrations/1-secrets.js';
import { SecretsController } from './secrets.controller.js';
import { SecretsMqtt } from './secrets.mqtt.js';
import { SecretRows } from './secrets.repository.js';
import { SecretsService } from './secrets.service.js';
import { StoredCertificates } from './stored-certificates.js';

@Global()
@Module({
  imports: [EnrolmentModule, PoliciesModule],
  controllers: [SecretsController],
  providers: [SecretRows, SecretsService, { provide: CertificateDirectory, useClass: StoredCertificates }, SecretsMqtt],
  exports: [CertificateDirectory],
})
class SecretsModule {}

export const secretsFeature: ControllerFeature = { name: 'secrets', module: SecretsModule, migrations: [Secrets1763720000200] };
