// Must stay first: the X.509 library needs the reflection polyfill when it is loaded.
import 'reflect-metadata';
export { Authority, createIssuingAuthority, createRootAuthority, joinPem, type AuthorityPem, type LeafParameters } from './authority.js';
export { createCertificateRequest, verifyCertificateRequest, type VerifiedRequest } from './certificate-request.js';
export { certificateFingerprint } from './fingerprint.js';
export { generateCertificateKey, generateStatementKey, keyIdOf, parseCertificatePublicKey, type KeyPairPem } from './key-pair.js';
export { provePossession, provesPossession } from './possession-proof.js';
export { checkRevocationList, issueRevocationList, serialOf, type RevokedSerial } from './revocation-list.js';
export { openSecret, sealSecret, type SecretBinding } from './sealed-secret.js';
export { newSerialNumber } from './serial-number.js';
export { signStatement, verifyStatement, type SignedStatement } from './signed-statement.js';
export * from './tuf/index.js';
