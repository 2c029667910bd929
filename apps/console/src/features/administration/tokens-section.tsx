import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { TokenView } from '@phalanx/contracts';
import { IconBan, IconCircleCheck, IconClockX, IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { usePages } from '../../platform/api/use-list.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { Status } from '../../platform/components/status.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { TokenForm } from './token-form.js';

const isLive = ({ revokedAt, expiresAt }: TokenView) => revokedAt === null && Date.parse(expiresAt) > Date.now();

/** The caller's own API tokens. */
export function TokensSection(): ReactNode {
  const { t } = useTranslation();
  const list = usePages<TokenView>('/tokens', {});
  const tenantName = useNameOf(useSession().tenants);
  const [isMaking, making] = useDisclosure(false);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const columns: readonly Column<TokenView>[] = [
    { id: 'name', header: t('admin.token.name'), width: 'minmax(120px, 1fr)', cell: (row) => <strong>{row.name}</strong> },
    { id: 'state', header: t('admin.token.state'), width: '120px', cell: (row) => <TokenStatus token={row} /> },
    {
      id: 'permissions',
      header: t('admin.token.permissions'),
      width: 'minmax(180px, 2fr)',
      cell: (row) => (
        <span className="mono" title={row.permissions.join('\n')}>
          {row.permissions.join(', ')}
        </span>
      ),
    },
    {
      id: 'tenants',
      header: t('admin.token.tenants'),
      width: 'minmax(110px, 1fr)',
      cell: (row) => (row.tenantIds === null ? t('admin.token.allMine') : row.tenantIds.map(tenantName).join(', ')),
    },
    { id: 'expires', header: t('admin.token.expires'), width: '120px', isNumber: true, cell: (row) => <RelativeTime at={row.expiresAt} /> },
    {
      id: 'used',
      header: t('admin.token.used'),
      width: '130px',
      isNumber: true,
      cell: (row) => (row.lastUsedAt === null ? t('fleet.neverSeen') : <RelativeTime at={row.lastUsedAt} />),
    },
    {
      id: 'revoke',
      header: t('admin.token.action'),
      width: '90px',
      cell: (row) =>
        isLive(row) && (
          <Button size="compact-xs" variant="default" onClick={() => setRevoking(row)}>
            {t('admin.token.revoke')}
          </Button>
        ),
    },
  ];
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('admin.token.unread')} onRetry={() => void list.refetch()} />;
  return (
    <>
      <Group>
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={making.open}>
          {t('admin.token.add')}
        </Button>
      </Group>
      <VirtualTable
        label={t('admin.section.tokens')}
        columns={columns}
        rows={list.items}
        keyOf={(row) => row.id}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        isLoadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        minWidth={980}
        empty={<Empty title={t('admin.token.none')} next={t('admin.token.noneNext')} />}
      />
      <Dialog isOpen={isMaking} onClose={making.close} title={t('admin.token.add')} size="lg" isLight={false}>
        <TokenForm onClose={making.close} />
      </Dialog>
      <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

function TokenStatus({ token }: { readonly token: TokenView }): ReactNode {
  const { t } = useTranslation();
  if (token.revokedAt !== null)
    return (
      <Status tone="none" icon={IconBan}>
        {t('admin.token.revoked')}
      </Status>
    );
  return isLive(token) ? (
    <Status tone="good" icon={IconCircleCheck}>
      {t('admin.token.active')}
    </Status>
  ) : (
    <Status tone="none" icon={IconClockX}>
      {t('admin.token.expired')}
    </Status>
  );
}

function RevokeDialog({ token, onClose }: { readonly token: TokenView | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) => api.delete(`/tokens/${id}`),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['/tokens'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={token !== null}
      title={t('admin.token.ask', { name: token?.name ?? '' })}
      confirm={t('admin.token.revokeNow')}
      isDangerous
      isPending={revoke.isPending}
      error={revoke.error}
      failed={t('admin.token.unrevoked')}
      onConfirm={() => token && revoke.mutate(token.id)}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      <Text size="sm">{t('admin.token.revokeExplain')}</Text>
    </ConfirmDialog>
  );
}
