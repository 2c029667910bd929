/**
 * Enrolment: one-time claims, the identities of boxes over their lives, their renewal, quarantine and revocation.
 *
 * Owns the tables `enrolments` and `enrolment_claims`, the channels `renew` (and listens to `presence`), the routes
 * `/api/v1/appliances/:id/claims` and `/api/v1/enrolments`, and the HTTPS endpoint `/enrol/v1` on a listener of its own.
 *
 * - A claim works once. What comes again is refused, audited by name, and its sender quarantined.
 * - Only `issued` and `active` enrolments are heard. An old certificate ends when the box has connected with its next one.
 * - Every way out of health, a deleted appliance too, puts the serial on the revocation list and tells the broker.
 *
 * `desired-state` and `secrets` may call it.
 */
import { Global, Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { EnrolmentDirectory } from '../../platform/mqtt/enrolment-directory.js';
import { ReleasesModule } from '../releases/index.js';
import { BoxIdentities } from './box-identities.js';
import { ClaimRows } from './claims.repository.js';
import { ClaimsService } from './claims.service.js';
import { ControllerAddresses } from './controller-addresses.js';
import { EnrollingService } from './enrolling.service.js';
import { enrolmentConfig } from './enrolment.config.js';
import { EnrolmentController } from './enrolment.controller.js';
import { EnrolmentEndpoint } from './enrolment-endpoint.js';
import { EnrolmentMqtt } from './enrolment.mqtt.js';
import { EnrolmentRows } from './enrolments.repository.js';
import { EnrolmentsService } from './enrolments.service.js';
import { Grants } from './grants.js';
import { Enrolment1763720000100 } from './migrations/1-enrolment.js';
import { RenewalsService } from './renewals.service.js';
import { SealingKeys } from './sealing-keys.js';
import { StoredDirectory } from './stored-directory.js';

export { BoxIdentities } from './box-identities.js';
export { ControllerAddresses } from './controller-addresses.js';
export { SealingKeys } from './sealing-keys.js';

@Global()
@Module({
  imports: [ReleasesModule],
  controllers: [EnrolmentController],
  providers: [
    ClaimRows,
    EnrolmentRows,
    BoxIdentities,
    ControllerAddresses,
    Grants,
    ClaimsService,
    EnrollingService,
    RenewalsService,
    EnrolmentsService,
    SealingKeys,
    StoredDirectory,
    { provide: EnrolmentDirectory, useExisting: StoredDirectory },
    EnrolmentMqtt,
    EnrolmentEndpoint,
  ],
  exports: [BoxIdentities, ControllerAddresses, SealingKeys, EnrolmentDirectory],
})
export class EnrolmentModule {}

export const enrolmentFeature: ControllerFeature = {
  name: 'enrolment',
  module: EnrolmentModule,
  migrations: [Enrolment1763720000100],
  config: [enrolmentConfig],
  prepare: ControllerAddresses,
};
