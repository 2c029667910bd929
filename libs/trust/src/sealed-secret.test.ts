import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealedSecretSchema } from '@phalanx/contracts';
import { generateCertificateKey } from './key-pair.js';
import { openSecret, sealSecret } from './sealed-secret.js';

const binding = { secretId: '0e8a1f52-8d3e-4c1b-9f0a-1b2c3d4e5f60', applianceId: '1e8a1f52-8d3e-4c1b-9f0a-1b2c3d4e5f61', serial: '1abc' };

describe('a sealed secret', () => {
  const box = generateCertificateKey();
  const sealed = sealSecret('the key', createPublicKey(box.publicKeyPem), binding);

  it('is opened by the key and enrolment it was sealed to', () => {
    expect(sealedSecretSchema.parse(sealed)).toEqual(sealed);
    expect(openSecret(sealed, box.privateKeyPem, binding).toString()).toBe('the key');
    expect(JSON.stringify(sealed)).not.toContain(Buffer.from('the key').toString('base64').slice(0, 8));
  });

  it('is not opened by another key, nor as another secret, of another box or another enrolment', () => {
    const refused = expect.objectContaining({ code: 'trust.unsealable' });
    const open = (key: string, other: Partial<typeof binding>) => {
      try {
        return openSecret(sealed, key, { ...binding, ...other });
      } catch (error) {
        return error;
      }
    };
    expect(open(generateCertificateKey().privateKeyPem, {})).toEqual(refused);
    expect(open(box.privateKeyPem, { secretId: binding.applianceId })).toEqual(refused);
    expect(open(box.privateKeyPem, { applianceId: binding.secretId })).toEqual(refused);
    expect(open(box.privateKeyPem, { serial: '1abd' })).toEqual(refused);
  });

  it('is not opened after any change to its bytes', () => {
    for (const field of ['ciphertext', 'nonce', 'ephemeralKey'] as const) {
      const bytes = Buffer.from(sealed[field], 'base64');
      for (let at = 0; at < bytes.length; at += 5) {
        const altered = Buffer.from(bytes);
        altered[at]! ^= 1;
        const other = { ...sealed, [field]: altered.toString('base64') };
        expect(() => openSecret(other, box.privateKeyPem, binding)).toThrow('not sealed to this key');
      }
    }
  });
});
