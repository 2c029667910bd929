import { Button, Group } from '@mantine/core';
import type { OperatorView } from '@phalanx/contracts';
import { IconBan, IconCircleCheck, IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNameOf } from '../../platform/api/resources.js';
import { useCan, useSession } from '../../platform/api/session.js';
import { usePages } from '../../platform/api/use-list.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { Status } from '../../platform/components/status.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { OperatorDialog, type OperatorTarget } from './operator-dialog.js';

/** People who may sign in, and their roles. */
export function OperatorsSection(): ReactNode {
  const { t } = useTranslation();
  const list = usePages<OperatorView>('/operators', {});
  const canWrite = useCan('access:write');
  const tenantName = useNameOf(useSession().tenants);
  const [target, setTarget] = useState<OperatorTarget | null>(null);
  const describe = ({ role, tenantId }: OperatorView['bindings'][number]) =>
    t('admin.operator.binding', { role: t(`role.${role}`), tenant: tenantId === null ? t('frame.allTenants') : tenantName(tenantId) });
  const columns: readonly Column<OperatorView>[] = [
    { id: 'username', header: t('admin.operator.username'), width: 'minmax(140px, 1fr)', cell: (row) => <strong>{row.username}</strong> },
    { id: 'name', header: t('admin.operator.name'), width: 'minmax(120px, 1fr)', cell: (row) => row.displayName },
    {
      id: 'roles',
      header: t('admin.operator.roles'),
      width: 'minmax(220px, 2.4fr)',
      cell: (row) => <span title={row.bindings.map(describe).join('\n')}>{row.bindings.map(describe).join(', ')}</span>,
    },
    {
      id: 'state',
      header: t('admin.operator.state'),
      width: '120px',
      cell: (row) =>
        row.disabled ? (
          <Status tone="none" icon={IconBan}>
            {t('admin.operator.disabled')}
          </Status>
        ) : (
          <Status tone="good" icon={IconCircleCheck}>
            {t('admin.operator.active')}
          </Status>
        ),
    },
    {
      id: 'login',
      header: t('admin.operator.lastLogin'),
      width: '140px',
      isNumber: true,
      cell: (row) => (row.lastLoginAt === null ? t('fleet.neverSeen') : <RelativeTime at={row.lastLoginAt} />),
    },
  ];
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('admin.operator.unread')} onRetry={() => void list.refetch()} />;
  return (
    <>
      {canWrite && (
        <Group>
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setTarget({ kind: 'new' })}>
            {t('admin.operator.add')}
          </Button>
        </Group>
      )}
      <VirtualTable
        label={t('admin.section.operators')}
        columns={columns}
        rows={list.items}
        keyOf={(row) => row.id}
        {...(canWrite ? { onOpen: (row: OperatorView) => setTarget({ kind: 'change', operator: row }) } : {})}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        isLoadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<Empty title={t('admin.operator.none')} next={t('admin.operator.noneNext')} />}
      />
      <OperatorDialog target={target} onClose={() => setTarget(null)} />
    </>
  );
}
