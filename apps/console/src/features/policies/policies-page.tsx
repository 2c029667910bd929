import type { PolicyVersionView } from '@phalanx/contracts';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplications, useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { usePages } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { Page } from '../../platform/components/page.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { BASELINE } from './policy-scope.js';

const idOf = (row: PolicyVersionView) => row.applicationId ?? row.tenantId ?? BASELINE;

/** All policies at their newest version: the baseline, tenants', applications'. */
export function PoliciesPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tenantId = useTenant()?.id;
  const list = usePages<PolicyVersionView>('/policies', { tenantId });
  const tenantName = useNameOf(useSession().tenants);
  const applicationName = useNameOf(useApplications(tenantId).data?.items);
  const columns = useMemo(
    (): readonly Column<PolicyVersionView>[] => [
      {
        id: 'of',
        header: t('policy.column.of'),
        width: 'minmax(180px, 1.4fr)',
        cell: (row) => (
          <AnchorLink to="/policies/$scope/$id" params={{ scope: row.scope, id: idOf(row) }} fw={600}>
            {row.applicationId !== null
              ? applicationName(row.applicationId)
              : row.tenantId !== null
                ? tenantName(row.tenantId)
                : t('policy.scope.provider')}
          </AnchorLink>
        ),
      },
      { id: 'scope', header: t('policy.column.scope'), width: '130px', cell: (row) => t(`policy.kind.${row.scope}`) },
      {
        id: 'tenant',
        header: t('policy.column.tenant'),
        width: 'minmax(110px, 1fr)',
        cell: (row) => (row.tenantId === null ? t('frame.allTenants') : tenantName(row.tenantId)),
      },
      {
        id: 'sets',
        header: t('policy.column.sets'),
        width: '110px',
        isNumber: true,
        cell: (row) => t('policy.sets', { count: countSettings(row) }),
      },
      {
        id: 'locks',
        header: t('policy.column.locks'),
        width: '80px',
        isNumber: true,
        cell: (row) => t('policy.locks', { count: row.document.locks.length }),
      },
      { id: 'version', header: t('policy.column.version'), width: '70px', isNumber: true, cell: (row) => String(row.version) },
      { id: 'at', header: t('policy.column.at'), width: '130px', isNumber: true, cell: (row) => <RelativeTime at={row.createdAt} /> },
      { id: 'by', header: t('policy.column.by'), width: 'minmax(90px, 0.8fr)', cell: (row) => row.createdBy },
      {
        id: 'comment',
        header: t('policy.column.comment'),
        width: 'minmax(120px, 1.6fr)',
        cell: (row) => <span title={row.comment}>{row.comment}</span>,
      },
    ],
    [t, tenantName, applicationName],
  );
  return (
    <Page title={t('page.policies')} fill sentence={t('policy.sentence')}>
      {list.isError && list.items.length === 0 ? (
        <ProblemAlert error={list.error} what={t('policy.unread')} onRetry={() => void list.refetch()} />
      ) : (
        <VirtualTable
          label={t('page.policies')}
          columns={columns}
          rows={list.items}
          keyOf={(row) => `${row.scope} ${idOf(row)}`}
          onOpen={(row) => void navigate({ to: '/policies/$scope/$id', params: { scope: row.scope, id: idOf(row) } })}
          isLoading={list.isPending}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
          minWidth={1080}
          empty={<Empty title={t('policy.none')} next={t('policy.noneNext')} />}
        />
      )}
    </Page>
  );
}

function countSettings({ document }: PolicyVersionView): number {
  return Object.values(document.settings).reduce((sum, value) => sum + (typeof value === 'object' ? Object.keys(value).length : 1), 0);
}
