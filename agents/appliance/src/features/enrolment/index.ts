/**
 * Enrolment: the box's key, certificate and grant. Owns `home.identity`, the channel `renew` and the HTTPS requests to `/enrol/v1`.
 *
 * - The private key is made on the box and never leaves it.
 * - The first request goes only to a server under the pinned authority.
 * - A grant stands on disk before it is used, and the old connection ends after the new one stands.
 */
export { ControllerDirectory } from './controller-directory.js';
export { credentialsOf } from './credentials.js';
export { ensureEnrolled } from './first-enrolment.js';
export { IdentityStore } from './identity-store.js';
export { Renewal } from './renewal.js';
