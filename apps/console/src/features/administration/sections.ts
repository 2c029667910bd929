import type { Permission } from '@phalanx/contracts';

/** Parts of the administration, and what one must be allowed in order to see each. */
export const SECTIONS = [
  { id: 'operators', to: '/administration/operators', needs: 'access:read' },
  { id: 'tokens', to: '/administration/tokens', needs: 'token:write' },
  { id: 'audit', to: '/administration/audit', needs: 'audit:read' },
  { id: 'packs', to: '/administration/signature-packs', needs: 'release:read' },
] as const satisfies readonly { id: string; to: string; needs: Permission }[];

export function visibleSections(permissions: readonly Permission[]): readonly (typeof SECTIONS)[number][] {
  return SECTIONS.filter(({ needs }) => permissions.includes(needs));
}
