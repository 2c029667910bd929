import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { generateCertificateKey, type KeyPairPem } from './key-pair.js';
import { newSerialNumber } from './serial-number.js';
import { EC_ALGORITHM, importPublicKey, importSigningKey } from './x509.js';

/** Clocks are not exact: a certificate is valid from an hour before it was made, a short-lived one from a tenth of its life before. */
function backdated(notBefore: Date, notAfter: Date): Date {
  return new Date(notBefore.getTime() - Math.min(3_600_000, (notAfter.getTime() - notBefore.getTime()) / 10));
}

export interface AuthorityPem extends KeyPairPem {
  readonly certificatePem: string;
}

export interface LeafParameters {
  readonly commonName: string;
  /** See `newSerialNumber`. */
  readonly serial: string;
  readonly publicKey: KeyObject;
  readonly use: 'client' | 'server';
  readonly names: JsonGeneralNames;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A self-signed authority that signs other authorities or, with `pathLength` 0, leaves only. */
export async function createRootAuthority(commonName: string, notAfter: Date, pathLength: number): Promise<AuthorityPem> {
  const pair = generateCertificateKey();
  const publicKey = await importPublicKey(createPublicKey(pair.publicKeyPem));
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: `CN=${commonName}`,
    notBefore: backdated(new Date(), notAfter),
    notAfter,
    signingAlgorithm: EC_ALGORITHM,
    keys: { privateKey: await importSigningKey(pair.privateKeyPem), publicKey },
    extensions: await authorityExtensions(publicKey, publicKey, pathLength),
  });
  return { ...pair, certificatePem: certificate.toString('pem') };
}

/** An authority below another, which signs leaves only. */
export async function createIssuingAuthority(parent: Authority, commonName: string, notAfter: Date): Promise<AuthorityPem> {
  const pair = generateCertificateKey();
  const publicKey = createPublicKey(pair.publicKeyPem);
  const certificatePem = await parent.issueAuthority(commonName, publicKey, notAfter);
  return { ...pair, certificatePem };
}

async function authorityExtensions(subject: webcrypto.CryptoKey, issuer: webcrypto.CryptoKey, pathLength: number): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(true, pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(subject),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ];
}

/** A certificate authority with its key in memory. */
export class Authority {
  private constructor(
    readonly certificatePem: string,
    readonly signingKey: webcrypto.CryptoKey,
    readonly certificate: X509Certificate,
    private readonly publicKey: webcrypto.CryptoKey,
  ) {}

  static async open(pem: Pick<AuthorityPem, 'certificatePem' | 'privateKeyPem'>): Promise<Authority> {
    const publicKey = await importPublicKey(createPublicKey(pem.privateKeyPem));
    return new Authority(pem.certificatePem, await importSigningKey(pem.privateKeyPem), new X509Certificate(pem.certificatePem), publicKey);
  }

  /** A leaf certificate in PEM. */
  async issue(leaf: LeafParameters): Promise<string> {
    const subject = await importPublicKey(leaf.publicKey);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: leaf.serial,
      subject: `CN=${leaf.commonName}`,
      issuer: this.certificate.subject,
      notBefore: backdated(leaf.notBefore, leaf.notAfter),
      notAfter: leaf.notAfter,
      signingAlgorithm: EC_ALGORITHM,
      publicKey: subject,
      signingKey: this.signingKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([leaf.use === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(leaf.names),
        await SubjectKeyIdentifierExtension.create(subject),
        await AuthorityKeyIdentifierExtension.create(this.publicKey),
      ],
    });
    return certificate.toString('pem');
  }

  async issueAuthority(commonName: string, key: KeyObject, notAfter: Date): Promise<string> {
    const subject = await importPublicKey(key);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: newSerialNumber(),
      subject: `CN=${commonName}`,
      issuer: this.certificate.subject,
      notBefore: backdated(new Date(), notAfter),
      notAfter,
      signingAlgorithm: EC_ALGORITHM,
      publicKey: subject,
      signingKey: this.signingKey,
      extensions: await authorityExtensions(subject, this.publicKey, 0),
    });
    return certificate.toString('pem');
  }
}

/** PEM blocks one after another, as OpenSSL reads them: each ends its line. */
export function joinPem(...blocks: readonly string[]): string {
  return blocks.map((block) => `${block.trim()}\n`).join('');
}
