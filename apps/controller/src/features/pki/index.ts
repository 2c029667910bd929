/**
 * PKI: the private certificate authorities, the certificates of boxes, servers and controllers, and the revocation list.
 *
 * Owns the tables `pki_keypairs` (keys sealed) and `pki_revocations` (serials only; no tenant's data). No routes, no topics.
 *
 * - Boxes and servers stand under `root`, controllers under `control`: neither passes for the other.
 * - A private key leaves the database sealed, and this process never.
 * - Revocation lists are installed one after another: an older one never replaces a newer.
 *
 * `broker` and `enrolment` may call it.
 */
import { Global, Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { Authorities } from './authorities.js';
import { Pki1763720000000 } from './migrations/1-pki.js';
import { pkiConfig } from './pki.config.js';
import { PkiRepository } from './pki.repository.js';
import { PkiService } from './pki.service.js';

export { CONTROLLER_NAME } from './authorities.js';
export { pkiConfig } from './pki.config.js';
export { PkiService } from './pki.service.js';

@Global()
@Module({ providers: [PkiRepository, Authorities, PkiService], exports: [PkiService] })
class PkiModule {}

export const pkiFeature: ControllerFeature = {
  name: 'pki',
  module: PkiModule,
  migrations: [Pki1763720000000],
  config: [pkiConfig],
  prepare: PkiService,
};
