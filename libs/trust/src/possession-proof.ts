import { createPrivateKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '@phalanx/kit';

/** Proves that the caller holds a P-256 private key: an ECDSA SHA-256 signature (base64, DER) over the claim's canonical JSON. */
export function provePossession(claim: unknown, privateKeyPem: string): string {
  return sign('sha256', Buffer.from(canonicalJson(claim)), createPrivateKey(privateKeyPem)).toString('base64');
}

/** Whether the proof was made for exactly this claim with the private half of the key. */
export function provesPossession(claim: unknown, proof: string, publicKey: KeyObject): boolean {
  return verify('sha256', Buffer.from(canonicalJson(claim)), publicKey, Buffer.from(proof, 'base64'));
}
