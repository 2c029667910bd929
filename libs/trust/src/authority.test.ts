import { createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Authority, type AuthorityPem, createIssuingAuthority, createRootAuthority } from './authority.js';
import { generateCertificateKey } from './key-pair.js';
import { checkRevocationList, issueRevocationList, type RevokedSerial, serialOf } from './revocation-list.js';
import { newSerialNumber } from './serial-number.js';

const YEAR_MS = 365 * 86_400_000;
const later = new Date(Date.now() + YEAR_MS);

describe('an authority', () => {
  let root: Authority;
  let issuingPem: AuthorityPem;
  let issuing: Authority;

  beforeAll(async () => {
    root = await Authority.open(await createRootAuthority('Test root', later, 1));
    issuingPem = await createIssuingAuthority(root, 'Test issuing', later);
    issuing = await Authority.open(issuingPem);
  });

  it('signs a leaf that OpenSSL holds for its own, with the serial that was asked for', async () => {
    const serial = newSerialNumber();
    const publicKey = createPublicKey(generateCertificateKey().publicKeyPem);
    const names = [{ type: 'url' as const, value: 'spiffe://phalanx/x' }];
    const pem = await issuing.issue({
      commonName: `box.${serial}`,
      serial,
      publicKey,
      use: 'client',
      names,
      notBefore: new Date(),
      notAfter: later,
    });
    const leaf = new X509Certificate(pem);
    const parent = new X509Certificate(issuingPem.certificatePem);
    expect(serialOf(leaf)).toBe(serial);
    expect(leaf.subject).toBe(`CN=box.${serial}`);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(leaf.checkIssued(parent) && leaf.verify(parent.publicKey)).toBe(true);
    expect(parent.checkIssued(new X509Certificate(root.certificatePem))).toBe(true);
  });

  it('makes serials that read the same in every form', () => {
    for (let i = 0; i < 200; i++) expect(newSerialNumber()).toMatch(/^[1-7][0-9a-f]{31}$/);
  });

  describe('with its revocation list', () => {
    const revoked: RevokedSerial[] = (['revoked', 'superseded', 'hold'] as const).map((reason) => ({
      serial: newSerialNumber(),
      revokedAt: new Date(),
      reason,
    }));
    const serials = revoked.map((entry) => entry.serial);
    const list = (validity = { thisUpdate: new Date(), nextUpdate: later }) => issueRevocationList(issuing, revoked, validity);

    it('passes the check when it is whole', async () => {
      await checkRevocationList(await list(), issuingPem.certificatePem, serials, new Date());
      await checkRevocationList(
        await issueRevocationList(issuing, [], { thisUpdate: new Date(), nextUpdate: later }),
        issuingPem.certificatePem,
        [],
        new Date(),
      );
    });

    it('is refused when broken at any byte, signed by another, out of date or incomplete', async () => {
      const pem = await list();
      const check = (text: string, authority = issuingPem.certificatePem, wanted: readonly string[] = serials, now = new Date()) =>
        checkRevocationList(text, authority, wanted, now);
      for (let at = 30; at < pem.length - 30; at += 37) {
        const altered = pem.slice(0, at) + (pem[at] === 'A' ? 'B' : 'A') + pem.slice(at + 1);
        await expect(check(altered)).rejects.toMatchObject({ code: 'trust.bad-crl' });
      }
      await expect(check(pem.slice(0, -10))).rejects.toMatchObject({ code: 'trust.bad-crl' });
      await expect(check(pem, root.certificatePem)).rejects.toMatchObject({ code: 'trust.bad-crl' });
      await expect(check(pem, issuingPem.certificatePem, [...serials, newSerialNumber()])).rejects.toMatchObject({ code: 'trust.bad-crl' });
      await expect(check(pem, issuingPem.certificatePem, serials, new Date(later.getTime() + 1000))).rejects.toMatchObject({
        code: 'trust.bad-crl',
      });
    });
  });
});
