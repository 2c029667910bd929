import type { Permission } from '@phalanx/contracts';

/** The console's pages: where each is, which addresses belong to it, and what one must be allowed to see in it. */
const PAGES = [
  { id: 'fleet', to: '/fleet', paths: ['/fleet', '/appliances'], needs: ['fleet:read'] },
  { id: 'applications', to: '/applications', paths: ['/applications'], needs: ['application:read'] },
  { id: 'events', to: '/events', paths: ['/events'], needs: ['event:read'] },
  { id: 'network', to: '/network', paths: ['/network', '/pairs'], needs: ['fleet:read'] },
  { id: 'blocks', to: '/blocks', paths: ['/blocks'], needs: ['fleet:read'] },
  { id: 'policies', to: '/policies', paths: ['/policies'], needs: ['policy:read'] },
  {
    id: 'administration',
    to: '/administration',
    paths: ['/administration'],
    needs: ['access:read', 'token:write', 'audit:read', 'release:read'],
  },
] as const satisfies readonly { id: string; to: string; paths: readonly string[]; needs: readonly Permission[] }[];

export type ConsolePage = (typeof PAGES)[number];
export type PageId = ConsolePage['id'];

/** Pages of which the caller may see at least a part. */
export function visiblePages(permissions: readonly Permission[]): readonly ConsolePage[] {
  return PAGES.filter((page) => page.needs.some((permission) => permissions.includes(permission)));
}
