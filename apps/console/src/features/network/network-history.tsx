import { Button, Group, Stack, Text } from '@mantine/core';
import type { ClusterView, NetworkVersionView, NetworkWriteResult } from '@phalanx/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { usePages } from '../../platform/api/use-list.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { Digest } from '../../platform/components/copy.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Panel } from '../../platform/components/panel.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { RelativeTime } from '../../platform/components/time.js';
import { useNotice } from '../../platform/components/use-notice.js';
import { NetworkChanges } from './network-changes.js';

interface Props {
  readonly cluster: ClusterView;
  readonly network: NetworkVersionView;
  readonly canWrite: boolean;
}

/** All versions, and the way back to an old one with what it would change. */
export function NetworkHistory({ cluster, network, canWrite }: Props): ReactNode {
  const { t } = useTranslation();
  const list = usePages<NetworkVersionView>(`/clusters/${cluster.id}/network/versions`, {});
  const [reverting, setReverting] = useState<NetworkVersionView | null>(null);
  const columns: readonly PlainColumn<NetworkVersionView>[] = [
    { id: 'version', header: t('policy.column.version'), isNumber: true, cell: (row) => String(row.version) },
    { id: 'rules', header: t('network.column.rules'), isNumber: true, cell: (row) => String(row.policy.rules.length) },
    { id: 'digest', header: t('policy.history.digest'), cell: (row) => <Digest value={row.digest} /> },
    { id: 'at', header: t('policy.column.at'), cell: (row) => <RelativeTime at={row.createdAt} /> },
    { id: 'by', header: t('policy.column.by'), cell: (row) => row.createdBy },
    { id: 'comment', header: t('policy.column.comment'), cell: (row) => row.comment },
    {
      id: 'revert',
      header: t('policy.history.action'),
      cell: (row) =>
        canWrite &&
        row.version !== network.version && (
          <Button size="compact-xs" variant="default" onClick={() => setReverting(row)}>
            {t('policy.history.revert')}
          </Button>
        ),
    },
  ];
  if (list.isError) return <ProblemAlert error={list.error} what={t('network.unread')} onRetry={() => void list.refetch()} />;
  return (
    <Panel title={t('policy.history.title')}>
      <PlainTable
        label={t('policy.history.title')}
        columns={columns}
        rows={list.items}
        keyOf={(row) => String(row.version)}
        minWidth={700}
      />
      {list.hasNextPage && (
        <Group mt="sm">
          <Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </Group>
      )}
      <RevertDialog cluster={cluster} network={network} version={reverting} onClose={() => setReverting(null)} />
    </Panel>
  );
}

interface RevertProps {
  readonly cluster: ClusterView;
  readonly network: NetworkVersionView;
  readonly version: NetworkVersionView | null;
  readonly onClose: () => void;
}

function RevertDialog({ cluster, network, version, onClose }: RevertProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const path = `/clusters/${cluster.id}/network`;
  const effect = useQuery({
    queryKey: [path, 'dry-run', network.revision, version?.version],
    queryFn: () =>
      api.put<NetworkWriteResult>(path, { policy: version!.policy, members: version!.members, comment: '' }, network.revision, {
        dryRun: true,
      }),
    enabled: version !== null,
    gcTime: 0,
    retry: false,
  });
  const revert = useMutation({
    mutationFn: (target: NetworkVersionView) =>
      api.post<NetworkWriteResult>(
        `${path}/revert`,
        { version: target.version, comment: t('policy.history.comment', { version: target.version }) },
        network.revision,
      ),
    onSuccess: async (result) => {
      notice(t('policy.saved', { version: result.network?.version ?? network.version }));
      onClose();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => /^\/(clusters|appliances)/.test(String(queryKey[0])) });
    },
  });
  return (
    <ConfirmDialog
      isOpen={version !== null}
      size="lg"
      title={t('policy.history.ask', { version: version?.version ?? 0 })}
      confirm={t('policy.history.confirm')}
      isPending={revert.isPending}
      error={revert.error}
      failed={t('policy.preview.unsaved')}
      onConfirm={() => version && revert.mutate(version)}
      onClose={() => {
        revert.reset();
        onClose();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('policy.history.explain', { version: version?.version ?? 0, next: network.version + 1 })}</Text>
        <Loaded query={effect} what={t('policy.preview.failed')}>
          {(result) => <NetworkChanges changes={result.changes} />}
        </Loaded>
      </Stack>
    </ConfirmDialog>
  );
}
