import { z } from 'zod';

/** What a route may need. `<noun>:read` sees, `<noun>:write` changes. */
export const PERMISSIONS = [
  'fleet:read',
  'fleet:write',
  'tenant:write',
  'application:read',
  'application:write',
  'policy:read',
  'policy:write',
  'baseline:write',
  'network:write',
  'ha:write',
  'block:write',
  'release:read',
  'release:write',
  'enrolment:read',
  'enrolment:write',
  'secret:read',
  'secret:write',
  'event:read',
  'health:read',
  'access:read',
  'access:write',
  'token:write',
  'audit:read',
] as const;
export const permissionSchema = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof permissionSchema>;

export const ROLES = ['owner', 'operator', 'analyst', 'auditor', 'tenant-admin', 'tenant-viewer'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

const READ_ALL = PERMISSIONS.filter((p) => p.endsWith(':read'));
const VIEW: readonly Permission[] = ['fleet:read', 'application:read', 'policy:read', 'release:read', 'event:read', 'health:read'];

/** What each role may do in the tenants it is held for. `tenant:write`, `baseline:write` and provider-wide releases also need the role for all tenants. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  operator: PERMISSIONS.filter((p) => p !== 'access:write' && p !== 'tenant:write' && p !== 'baseline:write'),
  analyst: [...VIEW, 'policy:write', 'block:write', 'token:write'],
  auditor: READ_ALL,
  'tenant-admin': [
    ...VIEW,
    'application:write',
    'policy:write',
    'block:write',
    'secret:read',
    'secret:write',
    'enrolment:read',
    'access:read',
    'token:write',
    'audit:read',
  ],
  'tenant-viewer': VIEW,
};
