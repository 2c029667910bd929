import { AppError } from '@phalanx/kit';

/** No such tenant, or none that the caller may see. */
export const tenantNotFound = () => new AppError('not-found', 'tenants.not-found', 'there is no such tenant');
export const siteNotFound = () => new AppError('not-found', 'tenants.site-not-found', 'there is no such site');
export const clusterNotFound = () => new AppError('not-found', 'tenants.cluster-not-found', 'there is no such cluster');
