import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { AppError, sha256Hex } from '@phalanx/kit';
import { parseCertificatePublicKey } from './key-pair.js';
import { EC_ALGORITHM, importPublicKey, importSigningKey } from './x509.js';

/** A request (PKCS #10, PEM) for a certificate over the key. Its subject is not trusted by anybody: the authority sets its own. */
export async function createCertificateRequest(privateKeyPem: string, commonName: string): Promise<string> {
  const keys = {
    privateKey: await importSigningKey(privateKeyPem),
    publicKey: await importPublicKey(createPublicKey(privateKeyPem)),
  };
  const request = await Pkcs10CertificateRequestGenerator.create({ name: `CN=${commonName}`, keys, signingAlgorithm: EC_ALGORITHM });
  return request.toString('pem');
}

export interface VerifiedRequest {
  readonly publicKey: KeyObject;
  /** Lower-case hex SHA-256 of the request's DER form: a request that comes again has the same, a new one by the same key has not. */
  readonly digest: string;
}

/**
 * Reads a request whose own signature holds, which proves that the sender has the private half of its key. Throws `invalid` with
 * code `trust.bad-request` or `trust.bad-key` for text that is none, and for keys other than P-256.
 */
export async function verifyCertificateRequest(requestPem: string): Promise<VerifiedRequest> {
  let request: Pkcs10CertificateRequest;
  let publicKey: KeyObject;
  try {
    request = new Pkcs10CertificateRequest(requestPem);
    publicKey = parseCertificatePublicKey(request.publicKey.toString('pem'));
    if (!(await request.verify(webcrypto))) throw new Error('the signature of the request does not hold');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', 'trust.bad-request', 'the certificate request is not a valid PKCS #10 request', { cause });
  }
  return { publicKey, digest: sha256Hex(new Uint8Array(request.rawData)) };
}
