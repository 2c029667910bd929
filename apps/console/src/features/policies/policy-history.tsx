import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import type { PolicyVersionView, PolicyWriteResult } from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { usePages } from '../../platform/api/use-list.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { Digest } from '../../platform/components/copy.js';
import { Panel } from '../../platform/components/panel.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { RelativeTime } from '../../platform/components/time.js';
import { useNotice } from '../../platform/components/use-notice.js';
import { ChangesTable } from './changes-table.js';
import { diffDocuments } from './policy-draft.js';
import { policyPath, type PolicySubject } from './policy-scope.js';

interface Props {
  readonly subject: PolicySubject;
  readonly policy: PolicyVersionView;
  readonly canWrite: boolean;
}

/** All versions; two of them side by side; the way back to an old one. */
export function PolicyHistory({ subject, policy, canWrite }: Props): ReactNode {
  const { t } = useTranslation();
  const list = usePages<PolicyVersionView>(`${policyPath(subject)}/versions`, {});
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);
  const [reverting, setReverting] = useState<PolicyVersionView | null>(null);
  const newest = list.items[0]?.version;
  const chosenTo = to ?? newest;
  const chosenFrom = from ?? list.items[1]?.version;
  const older = list.items.find(({ version }) => version === chosenFrom);
  const newer = list.items.find(({ version }) => version === chosenTo);
  const columns: readonly PlainColumn<PolicyVersionView>[] = [
    {
      id: 'from',
      header: t('policy.history.from'),
      cell: (row) => (
        <Radio
          size="xs"
          name="from"
          checked={row.version === chosenFrom}
          onChange={() => setFrom(row.version)}
          aria-label={t('policy.history.fromOf', { version: row.version })}
        />
      ),
    },
    {
      id: 'to',
      header: t('policy.history.to'),
      cell: (row) => (
        <Radio
          size="xs"
          name="to"
          checked={row.version === chosenTo}
          onChange={() => setTo(row.version)}
          aria-label={t('policy.history.toOf', { version: row.version })}
        />
      ),
    },
    { id: 'version', header: t('policy.column.version'), isNumber: true, cell: (row) => String(row.version) },
    { id: 'digest', header: t('policy.history.digest'), cell: (row) => <Digest value={row.digest} /> },
    { id: 'at', header: t('policy.column.at'), cell: (row) => <RelativeTime at={row.createdAt} /> },
    { id: 'by', header: t('policy.column.by'), cell: (row) => row.createdBy },
    { id: 'comment', header: t('policy.column.comment'), cell: (row) => row.comment },
    {
      id: 'revert',
      header: t('policy.history.action'),
      cell: (row) =>
        canWrite &&
        row.version !== newest && (
          <Button size="compact-xs" variant="default" onClick={() => setReverting(row)}>
            {t('policy.history.revert')}
          </Button>
        ),
    },
  ];
  if (list.isError) return <ProblemAlert error={list.error} what={t('policy.unread')} onRetry={() => void list.refetch()} />;
  return (
    <Stack gap="md">
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
      </Panel>
      {older && newer ? (
        <Panel title={t('policy.history.diff', { from: older.version, to: newer.version })}>
          <ChangesTable changes={diffDocuments(older.document, newer.document)} />
        </Panel>
      ) : (
        <Text size="sm">{t('policy.history.single')}</Text>
      )}
      <RevertDialog subject={subject} policy={policy} version={reverting} onClose={() => setReverting(null)} />
    </Stack>
  );
}

interface RevertProps {
  readonly subject: PolicySubject;
  readonly policy: PolicyVersionView;
  readonly version: PolicyVersionView | null;
  readonly onClose: () => void;
}

function RevertDialog({ subject, policy, version, onClose }: RevertProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const revert = useMutation({
    mutationFn: (target: PolicyVersionView) =>
      api.post<PolicyWriteResult>(
        `${policyPath(subject)}/revert`,
        { version: target.version, comment: t('policy.history.comment', { version: target.version }) },
        policy.revision,
      ),
    onSuccess: async (result) => {
      notice(t('policy.saved', { version: result.policy?.version ?? policy.version }));
      onClose();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => /^\/(policies|applications|appliances)/.test(String(queryKey[0])) });
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
      <Text size="sm">{t('policy.history.explain', { version: version?.version ?? 0, next: policy.version + 1 })}</Text>
      {version && <ChangesTable changes={diffDocuments(policy.document, version.document)} />}
    </ConfirmDialog>
  );
}
