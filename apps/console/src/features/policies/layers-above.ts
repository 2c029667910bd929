import {
  DEFAULT_SETTINGS,
  type EffectivePolicyView,
  type PolicyLayer,
  type PolicyScope,
  type PolicyVersionView,
  resolveSettings,
  type Settings,
} from '@phalanx/contracts';
import { useMemo } from 'react';
import { useApplication } from '../../platform/api/resources.js';
import { useResource } from '../../platform/api/use-list.js';
import type { PolicySubject } from './policy-scope.js';

/** What holds for a policy's subject before the policy itself has a say. */
export interface LayersAbove {
  readonly settings: Settings;
  readonly locks: Readonly<Record<string, PolicyScope>>;
}

/** Works out what the layers give, highest first. */
export function layersAbove(layers: readonly PolicyLayer[]): LayersAbove {
  const locks: Record<string, PolicyScope> = {};
  for (const { scope, document } of layers) for (const path of document.locks) locks[path] ??= scope;
  return { settings: resolveSettings(layers).settings, locks };
}

/**
 * The layers above a policy; undefined while they are read or may not be. A tenant's people may not see the baseline: for an application
 * its effective policy tells then what is not its own.
 */
export function useLayersAbove({ scope, id }: PolicySubject): LayersAbove | undefined {
  const application = useApplication(id, scope === 'application');
  const tenantId = scope === 'application' ? application.data?.tenantId : undefined;
  const provider = useResource<PolicyVersionView>('/policies/provider', {}, { enabled: scope !== 'provider' });
  const tenant = useResource<PolicyVersionView>(`/policies/tenants/${tenantId}`, {}, { enabled: tenantId !== undefined });
  const effective = useResource<EffectivePolicyView>(
    `/applications/${id}/effective-policy`,
    {},
    { enabled: scope === 'application' && provider.isError },
  );
  return useMemo(() => {
    if (scope === 'provider') return { settings: DEFAULT_SETTINGS, locks: {} };
    if (provider.data && scope === 'tenant') return layersAbove([{ scope: 'provider', document: provider.data.document }]);
    if (provider.data && tenant.data)
      return layersAbove([
        { scope: 'provider', document: provider.data.document },
        { scope: 'tenant', document: tenant.data.document },
      ]);
    return effective.data ? { settings: effective.data.settings, locks: effective.data.locks } : undefined;
  }, [scope, provider.data, tenant.data, effective.data]);
}
