import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EnrolmentIdentity, identityName } from '@phalanx/contracts';
import { issueRevocationList, joinPem, newSerialNumber, type RevokedSerial } from '@phalanx/trust';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import type { PrepareStep } from '../../platform/feature.js';
import { Authorities, type ServiceCertificate } from './authorities.js';
import { pkiConfig } from './pki.config.js';
import { PkiRepository } from './pki.repository.js';

const HOUR_MS = 3_600_000;

export interface IssuedCertificate {
  readonly serial: string;
  readonly certificatePem: string;
  readonly notAfter: Date;
}

export interface RevocationList {
  readonly pem: string;
  /** Whose signature must be on it. */
  readonly issuerPem: string;
  /** What must be on it. */
  readonly serials: readonly string[];
}

/** What other features ask of the private authority. */
@Injectable()
export class PkiService implements PrepareStep {
  constructor(
    private readonly authorities: Authorities,
    private readonly rows: PkiRepository,
    private readonly database: Database,
    @Inject(pkiConfig.token) private readonly config: ConfigOf<typeof pkiConfig>,
  ) {}

  /** Makes the authorities where there are none. */
  async prepare(): Promise<void> {
    await this.authorities.ensure();
  }

  /** Trust anchor of broker and enrolment endpoint. */
  async rootPem(): Promise<string> {
    return (await this.authorities.authority('root')).certificatePem;
  }

  /** What servers send, and the broker checks boxes against: issuing, then root. */
  async chainPem(): Promise<string> {
    const [issuing, root] = await Promise.all([this.authorities.authority('issuing'), this.authorities.authority('root')]);
    return joinPem(issuing.certificatePem, root.certificatePem);
  }

  /** Trust anchor of controllers at the broker. */
  async controlPem(): Promise<string> {
    return (await this.authorities.authority('control')).certificatePem;
  }

  server(name: 'broker' | 'enrolment', hosts: readonly string[]): Promise<ServiceCertificate> {
    return this.authorities.server(name, hosts);
  }

  controller(): Promise<ServiceCertificate> {
    return this.authorities.controller();
  }

  /** A certificate for one enrolment of a box. The chain is part of the PEM. */
  async issueBox(applianceId: string, tenantId: string, publicKey: KeyObject): Promise<IssuedCertificate> {
    const serial = newSerialNumber();
    const notAfter = new Date(Date.now() + this.config.PHALANX_BOX_CERTIFICATE_MINUTES * 60_000);
    const leaf = await this.issue(
      { applianceId, serial },
      `spiffe://phalanx/tenant/${tenantId}/appliance/${applianceId}`,
      publicKey,
      notAfter,
    );
    const issuing = await this.authorities.authority('issuing');
    return { serial, notAfter, certificatePem: joinPem(leaf, issuing.certificatePem) };
  }

  /** A certificate of no box, for asking the broker whether it refuses what is revoked. It is to be put on the next list and nowhere else. */
  async issueProbe(publicKey: KeyObject): Promise<IssuedCertificate> {
    const serial = newSerialNumber();
    const notAfter = new Date(Date.now() + HOUR_MS);
    const issuing = await this.authorities.authority('issuing');
    const leaf = await issuing.issue({
      commonName: `probe.${serial}`,
      serial,
      publicKey,
      use: 'client',
      names: [{ type: 'url', value: 'urn:phalanx:probe' }],
      notBefore: new Date(),
      notAfter,
    });
    return { serial, notAfter, certificatePem: joinPem(leaf, issuing.certificatePem) };
  }

  /** Puts a serial on the list, in the caller's transaction. It acts when the broker feature has installed the list. */
  async revoke(serial: string, reason: RevokedSerial['reason'], notAfter: Date): Promise<void> {
    await this.rows.revoke(serial, reason, notAfter);
  }

  /** Takes a hold off the list, in the caller's transaction. */
  async readmit(serial: string): Promise<void> {
    await this.rows.readmit(serial);
  }

  /**
   * Gives the installer a list of all that is revoked now, and of `extra`. Lists of several processes are installed one after
   * another, so that an older one never replaces a newer.
   */
  async withRevocationList<T>(extra: readonly RevokedSerial[], install: (list: RevocationList) => Promise<T>): Promise<T> {
    const issuing = await this.authorities.authority('issuing');
    return this.database.run(NO_TENANT, async () => {
      await this.rows.lock('revocations');
      const revoked = [...(await this.rows.revoked()), ...extra];
      const now = new Date();
      const nextUpdate = new Date(now.getTime() + this.config.PHALANX_CRL_HOURS * HOUR_MS);
      const pem = await issueRevocationList(issuing, revoked, { thisUpdate: new Date(now.getTime() - HOUR_MS), nextUpdate });
      return install({ pem, issuerPem: issuing.certificatePem, serials: revoked.map((entry) => entry.serial) });
    });
  }

  private async issue(identity: EnrolmentIdentity, uri: string, publicKey: KeyObject, notAfter: Date): Promise<string> {
    const issuing = await this.authorities.authority('issuing');
    return issuing.issue({
      commonName: identityName(identity),
      serial: identity.serial,
      publicKey,
      use: 'client',
      names: [{ type: 'url', value: uri }],
      notBefore: new Date(),
      notAfter,
    });
  }
}
