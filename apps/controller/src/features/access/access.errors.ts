import { AppError } from '@phalanx/kit';

export const operatorNotFound = () => new AppError('not-found', 'access.operator-not-found', 'there is no such operator');
export const tokenNotFound = () => new AppError('not-found', 'access.token-not-found', 'there is no such token');
export const boundTenantNotFound = () => new AppError('not-found', 'access.tenant-not-found', 'there is no such tenant');
export const badLogin = () => new AppError('unauthenticated', 'access.bad-login', 'the user name or the password is wrong');
export const badCredential = () =>
  new AppError('unauthenticated', 'access.bad-credential', 'this session or token is unknown, expired or revoked');
export const beyondOwn = () =>
  new AppError('forbidden', 'access.beyond-own', 'this gives or touches permissions that you do not hold yourself');
export const lastOwner = () => new AppError('conflict', 'access.last-owner', 'the last owner of all tenants must stay able to sign in');
