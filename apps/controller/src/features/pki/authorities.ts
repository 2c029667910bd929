import { createPublicKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import {
  Authority,
  type AuthorityPem,
  createIssuingAuthority,
  createRootAuthority,
  generateCertificateKey,
  newSerialNumber,
} from '@phalanx/trust';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Envelope } from '../../platform/crypto/envelope.js';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT } from '../../platform/db/tenant-scope.js';
import { pkiConfig } from './pki.config.js';
import { PkiRepository } from './pki.repository.js';

const DAY_MS = 86_400_000;
const ROOT_DAYS = 20 * 365;
const ISSUING_DAYS = 10 * 365;
const PURPOSE = 'pki-key';

/** Common name of every controller's certificate: its broker user name. */
export const CONTROLLER_NAME = 'controller';

export interface ServiceCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/**
 * The private authorities and the provider's own certificates. `root` signs `issuing`, which signs boxes and servers; `control`
 * stands apart and signs controllers only, so that no box's certificate passes where controllers come in.
 */
@Injectable()
export class Authorities {
  private readonly opened = new Map<string, Promise<Authority>>();

  constructor(
    private readonly database: Database,
    private readonly rows: PkiRepository,
    private readonly envelope: Envelope,
    @Inject(pkiConfig.token) private readonly config: ConfigOf<typeof pkiConfig>,
  ) {}

  /** Makes what is missing. Safe to repeat, and by several processes at once. */
  async ensure(): Promise<void> {
    await this.database.run(NO_TENANT, async () => {
      await this.rows.lock('keys');
      if (await this.rows.keyPair('root')) return;
      const rootPem = await createRootAuthority('Phalanx root', after(ROOT_DAYS), 1);
      const root = await Authority.open(rootPem);
      await this.save('root', rootPem, [], after(ROOT_DAYS));
      await this.save('issuing', await createIssuingAuthority(root, 'Phalanx issuing 1', after(ISSUING_DAYS)), [], after(ISSUING_DAYS));
      await this.save('control', await createRootAuthority('Phalanx control', after(ROOT_DAYS), 0), [], after(ROOT_DAYS));
    });
  }

  authority(name: 'root' | 'issuing' | 'control'): Promise<Authority> {
    const known = this.opened.get(name);
    if (known) return known;
    const opening = this.database.run(NO_TENANT, async () => Authority.open(await this.load(name)));
    this.opened.set(name, opening);
    // A failure is not remembered: the next caller tries again.
    opening.catch(() => this.opened.delete(name));
    return opening;
  }

  /** The certificate of a server of ours for these host names and addresses; made anew when they change or two thirds of its life are over. */
  async server(name: 'broker' | 'enrolment', hosts: readonly string[]): Promise<ServiceCertificate> {
    const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
    return this.service(`server:${name}`, hosts, async (serial, publicKey, notAfter) =>
      (await this.authority('issuing')).issue({
        commonName: hosts[0] ?? name,
        serial,
        publicKey,
        use: 'server',
        names,
        notBefore: new Date(),
        notAfter,
      }),
    );
  }

  /** The certificate with which controllers come to the broker. */
  async controller(): Promise<ServiceCertificate> {
    return this.service('client:controller', [], async (serial, publicKey, notAfter) =>
      (await this.authority('control')).issue({
        commonName: CONTROLLER_NAME,
        serial,
        publicKey,
        use: 'client',
        names: [{ type: 'url', value: 'urn:phalanx:controller' }],
        notBefore: new Date(),
        notAfter,
      }),
    );
  }

  private async service(
    name: string,
    hosts: readonly string[],
    issue: (serial: string, publicKey: ReturnType<typeof createPublicKey>, notAfter: Date) => Promise<string>,
  ): Promise<ServiceCertificate> {
    // Opened before the transaction: it takes a connection of its own.
    await Promise.all([this.authority('issuing'), this.authority('control')]);
    return this.database.run(NO_TENANT, async () => {
      await this.rows.lock('keys');
      const stored = await this.rows.keyPair(name);
      if (stored && isFresh(stored.notBefore, stored.notAfter) && stored.hosts.join() === hosts.join()) return this.load(name);
      const pair = generateCertificateKey();
      const notAfter = after(this.config.PHALANX_SERVER_CERTIFICATE_DAYS);
      const certificatePem = await issue(newSerialNumber(), createPublicKey(pair.publicKeyPem), notAfter);
      await this.save(name, { ...pair, certificatePem }, hosts, notAfter);
      return { certificatePem, privateKeyPem: pair.privateKeyPem };
    });
  }

  private async load(name: string): Promise<ServiceCertificate> {
    const stored = await this.rows.keyPair(name);
    if (!stored)
      throw new AppError('unavailable', 'pki.not-prepared', 'there is no certificate authority yet: run `controller prepare` first');
    return {
      certificatePem: stored.certificatePem,
      privateKeyPem: this.envelope.open(PURPOSE, name, stored.sealedKey).toString('utf8'),
    };
  }

  private async save(name: string, pem: AuthorityPem, hosts: readonly string[], notAfter: Date): Promise<void> {
    await this.rows.saveKeyPair({
      name,
      certificatePem: pem.certificatePem,
      sealedKey: this.envelope.seal(PURPOSE, name, pem.privateKeyPem),
      hosts,
      notBefore: new Date(new X509Certificate(pem.certificatePem).validFrom),
      notAfter,
    });
  }
}

function after(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

function isFresh(notBefore: Date, notAfter: Date): boolean {
  return Date.now() < notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3;
}
