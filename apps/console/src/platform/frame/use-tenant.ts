import { useSearch } from '@tanstack/react-router';
import { useSession } from '../api/session.js';

export interface ChosenTenant {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

/** The tenant that the address names (`?tenant=<slug>`); undefined means all that the caller may see. */
export function useTenant(): ChosenTenant | undefined {
  const { tenants } = useSession();
  const { tenant } = useSearch({ strict: false });
  return tenants.find((candidate) => candidate.slug === tenant);
}
