import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { ClusterView, NetworkFinding, NetworkVersionView, NetworkWriteResult } from '@phalanx/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Loaded } from '../../platform/components/loaded.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { useNotice } from '../../platform/components/use-notice.js';
import { NetworkChanges } from './network-changes.js';
import type { NetworkDraft } from './network-draft.js';

interface Props {
  readonly cluster: ClusterView;
  readonly version: NetworkVersionView | null;
  readonly draft: NetworkDraft;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** What saving would change and what the controller finds wrong or doubtful; then the saving itself. */
export function NetworkPreview(props: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={t('policy.preview.title')} size="xl" isLight={false}>
      <Preview {...props} />
    </Dialog>
  );
}

function Preview({ cluster, version, draft, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const path = `/clusters/${cluster.id}/network`;
  const [comment, setComment] = useState('');
  const preview = useQuery({
    queryKey: [path, 'dry-run', version?.revision ?? 0, draft],
    queryFn: () => api.put<NetworkWriteResult>(path, { ...draft, comment: '' }, version?.revision ?? 0, { dryRun: true }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => api.put<NetworkWriteResult>(path, { ...draft, comment: comment.trim() }, version?.revision ?? 0),
    onSuccess: async (result) => {
      notice(t('policy.saved', { version: result.network?.version ?? 1 }));
      onClose();
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => /^\/(clusters|appliances)/.test(String(queryKey[0])) && queryKey[1] !== 'dry-run',
      });
    },
  });
  const isWrong = preview.data?.findings.some(({ severity }) => severity === 'error') ?? true;
  return (
    <Stack gap="md">
      <Loaded query={preview} what={t('policy.preview.failed')} lines={4}>
        {(result) => (
          <>
            <Findings findings={result.findings} />
            {version === null ? <Text size="sm">{t('network.first')}</Text> : <NetworkChanges changes={result.changes} />}
            <Text size="sm" fw={600}>
              {t('network.affected', { count: result.affected.length })}
            </Text>
            {result.affected.map(({ applianceId, name }) => (
              <AnchorLink key={applianceId} to="/appliances/$id" params={{ id: applianceId }} size="sm" target="_blank">
                {name}
              </AnchorLink>
            ))}
            <Text size="sm">{t('network.confirmExplain', { seconds: draft.policy.confirmSeconds })}</Text>
          </>
        )}
      </Loaded>
      <Textarea
        label={t('policy.preview.comment')}
        description={t('policy.preview.commentHint')}
        maxLength={500}
        autosize
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {save.error && <ProblemAlert error={save.error} what={t('policy.preview.unsaved')} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={isWrong}>
          {t('policy.preview.save')}
        </Button>
      </Group>
    </Stack>
  );
}

function Findings({ findings }: { readonly findings: readonly NetworkFinding[] }): ReactNode {
  const { t } = useTranslation();
  return (['error', 'warning'] as const).map((severity) => {
    const own = findings.filter((finding) => finding.severity === severity);
    return (
      own.length > 0 && (
        <Alert
          key={severity}
          color={severity === 'error' ? 'red' : 'yellow'}
          variant="outline"
          title={t(`network.finding.${severity}`, { count: own.length })}
        >
          <ul style={{ margin: 0, paddingInlineStart: 18 }}>
            {own.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <span className="mono">{path}</span> {message}
              </li>
            ))}
          </ul>
        </Alert>
      )
    );
  });
}
