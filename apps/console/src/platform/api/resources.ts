import type { ApplianceStateView, ApplianceView, ApplicationView, ClusterView, HealthView, SiteView } from '@phalanx/contracts';
import { useMemo } from 'react';
import { useResource, useWholeList } from './use-list.js';

/** Names change rarely: they are read again after this. */
const NAMES_STALE_MS = 60_000;

export const useAppliance = (id: string) => useResource<ApplianceView>(`/appliances/${id}`);
export const useApplianceState = (id: string) =>
  useResource<ApplianceStateView>(`/appliances/${id}/state`, {}, { refetchIntervalMs: 15_000 });
export const useHealth = (id: string, enabled = true) =>
  useResource<HealthView>(`/appliances/${id}/health`, {}, { enabled, refetchIntervalMs: 10_000, staleTimeMs: 8_000 });
export const useApplication = (id: string, enabled = true) => useResource<ApplicationView>(`/applications/${id}`, {}, { enabled });
export const useAppliances = (tenantId: string | undefined) => useWholeList<ApplianceView>('/appliances', { tenantId });
export const useApplications = (tenantId: string | undefined) => useWholeList<ApplicationView>('/applications', { tenantId });
export const useSites = (tenantId: string | undefined) => useWholeList<SiteView>('/sites', { tenantId }, { staleTimeMs: NAMES_STALE_MS });
export const useClusters = (tenantId: string | undefined) =>
  useWholeList<ClusterView>('/clusters', { tenantId }, { staleTimeMs: NAMES_STALE_MS });

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Name by id; the id's first part where the name is not known (yet). */
export function useNameOf(items: readonly Named[] | undefined): (id: string) => string {
  return useMemo(() => {
    const names = new Map((items ?? []).map((item) => [item.id, item.name]));
    return (id: string) => names.get(id) ?? id.slice(0, 8);
  }, [items]);
}
