import type { ApplianceView } from '@phalanx/contracts';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useHealth, useNameOf, useSites } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Reason } from '../../platform/components/reason.js';
import { SyncStatus } from '../../platform/components/sync-status.js';
import { RelativeTime } from '../../platform/components/time.js';
import type { Column } from '../../platform/components/virtual-table.js';
import { useFormat } from '../../platform/format/use-format.js';
import { useTenant } from '../../platform/frame/use-tenant.js';

/** The columns of the list of appliances; the tenant's only where several are shown. */
export function useFleetColumns(): readonly Column<ApplianceView>[] {
  const { t } = useTranslation();
  const { tenants } = useSession();
  const tenant = useTenant();
  const siteName = useNameOf(useSites(tenant?.id).data?.items);
  const tenantName = useNameOf(tenants);
  return useMemo(
    (): readonly Column<ApplianceView>[] => [
      {
        id: 'name',
        header: t('fleet.column.name'),
        width: 'minmax(140px, 1.2fr)',
        cell: (row) => (
          <AnchorLink to="/appliances/$id" params={{ id: row.id }} fw={600}>
            {row.name}
          </AnchorLink>
        ),
      },
      ...(tenant
        ? []
        : [
            {
              id: 'tenant',
              header: t('fleet.column.tenant'),
              width: 'minmax(120px, 1.4fr)',
              cell: (row: ApplianceView) => tenantName(row.tenantId),
            },
          ]),
      { id: 'site', header: t('fleet.column.site'), width: 'minmax(80px, 0.7fr)', cell: (row) => siteName(row.siteId) },
      { id: 'status', header: t('fleet.column.status'), width: '140px', cell: (row) => <SyncStatus state={row.syncState} /> },
      {
        id: 'why',
        header: t('fleet.column.why'),
        width: 'minmax(160px, 2.6fr)',
        cell: (row) =>
          row.syncReason !== null && (
            <span title={row.syncReason}>
              <Reason text={row.syncReason} />
            </span>
          ),
      },
      { id: 'engine', header: t('fleet.column.engine'), width: '64px', cell: (row) => row.engineVersion ?? t('state.none') },
      { id: 'rate', header: t('fleet.column.rate'), width: '84px', isNumber: true, cell: (row) => <RequestRate appliance={row} /> },
      {
        id: 'seen',
        header: t('fleet.column.seen'),
        width: '120px',
        isNumber: true,
        cell: (row) => (row.lastSeenAt === null ? t('fleet.neverSeen') : <RelativeTime at={row.lastSeenAt} />),
      },
    ],
    [t, tenant, tenantName, siteName],
  );
}

/** Requests a second over the last heartbeat; nothing for a box that is not there. */
function RequestRate({ appliance }: { readonly appliance: ApplianceView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useHealth(appliance.id, appliance.online);
  if (!appliance.online || !data?.engine || data.engine.windowMs === 0) return t('state.none');
  return t('unit.perSecond', { value: format.figure((data.engine.requests * 1000) / data.engine.windowMs) });
}
