import { describe, expect, it } from '@jest/globals';
import { generateCertificateKey, generateStatementKey, keyIdOf } from './key-pair.js';
import { provePossession, provesPossession } from './possession-proof.js';
import { createPublicKey } from 'node:crypto';
import { signStatement, verifyStatement } from './signed-statement.js';

describe('a signed statement', () => {
  const ours = generateStatementKey();
  const foreign = generateStatementKey();
  const statement = signStatement({ b: 1, a: ['x', null], c: undefined }, [ours.privateKeyPem]);

  it('holds for the key that signed it, whatever the order of its members', () => {
    expect(verifyStatement({ ...statement, signed: { a: ['x', null], b: 1 } }, [foreign.publicKeyPem, ours.publicKeyPem])).toBe(
      keyIdOf(ours.publicKeyPem),
    );
    expect(keyIdOf(ours.privateKeyPem)).toBe(keyIdOf(ours.publicKeyPem));
  });

  it('holds for no other content, no other key, and no signature filed under a trusted name', () => {
    expect(() => verifyStatement({ ...statement, signed: { a: ['x', null], b: 2 } }, [ours.publicKeyPem])).toThrow('no trusted key');
    expect(() => verifyStatement(statement, [foreign.publicKeyPem])).toThrow('no trusted key');
    expect(() => verifyStatement(statement, [])).toThrow('no trusted key');
    const [signature] = signStatement(statement.signed, [foreign.privateKeyPem]).signatures;
    const filed = { signed: statement.signed, signatures: [{ keyId: keyIdOf(ours.publicKeyPem), signature: signature!.signature }] };
    expect(() => verifyStatement(filed, [ours.publicKeyPem])).toThrow('no trusted key');
  });
});

describe('a proof of possession', () => {
  it('holds for exactly what it was made for', () => {
    const { privateKeyPem, publicKeyPem } = generateCertificateKey();
    const key = createPublicKey(publicKeyPem);
    const proof = provePossession({ serial: '1', csrPem: 'x' }, privateKeyPem);
    expect(provesPossession({ csrPem: 'x', serial: '1' }, proof, key)).toBe(true);
    expect(provesPossession({ csrPem: 'y', serial: '1' }, proof, key)).toBe(false);
    expect(provesPossession({ csrPem: 'x', serial: '1' }, 'AAAA', key)).toBe(false);
    expect(provesPossession({ csrPem: 'x', serial: '1' }, proof, createPublicKey(generateCertificateKey().publicKeyPem))).toBe(false);
  });
});
