import { webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { createCertificateRequest, verifyCertificateRequest } from './certificate-request.js';
import { generateCertificateKey } from './key-pair.js';

describe('certificate requests', () => {
  it('prove the key that they carry, and differ each time they are made', async () => {
    const { privateKeyPem, publicKeyPem } = generateCertificateKey();
    const first = await verifyCertificateRequest(await createCertificateRequest(privateKeyPem, 'box'));
    const second = await verifyCertificateRequest(await createCertificateRequest(privateKeyPem, 'box'));
    expect(first.publicKey.export({ type: 'spki', format: 'pem' })).toBe(publicKeyPem);
    expect(first.digest).not.toBe(second.digest);
  });

  it('are refused when their signature does not hold', async () => {
    const pem = await createCertificateRequest(generateCertificateKey().privateKeyPem, 'box');
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    der[der.length - 2]! ^= 1;
    const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(verifyCertificateRequest(altered)).rejects.toMatchObject({ kind: 'invalid', code: 'trust.bad-request' });
  });

  it('are refused over any key but P-256', async () => {
    for (const algorithm of [
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    ]) {
      const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
      const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=box', keys, signingAlgorithm: algorithm });
      await expect(verifyCertificateRequest(request.toString('pem'))).rejects.toMatchObject({ code: 'trust.bad-key' });
    }
  });

  it('are refused, not failed on, for any text', async () => {
    for (const text of ['', 'x', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', '\u0000', '-----BEGIN'])
      await expect(verifyCertificateRequest(text)).rejects.toMatchObject({ kind: 'invalid' });
  });
});
