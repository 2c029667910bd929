import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { PolicyDocument, PolicyVersionView, PolicyWriteResult } from '@phalanx/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Loaded } from '../../platform/components/loaded.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { useNotice } from '../../platform/components/use-notice.js';
import { ChangesTable } from './changes-table.js';
import { policyPath, type PolicySubject } from './policy-scope.js';

interface Props {
  readonly subject: PolicySubject;
  readonly policy: PolicyVersionView;
  readonly document: PolicyDocument;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** What saving would change, as the controller works it out; then the saving itself. */
export function PolicyPreview(props: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={t('policy.preview.title')} size="xl" isLight={false}>
      <Preview {...props} />
    </Dialog>
  );
}

function Preview({ subject, policy, document, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const path = policyPath(subject);
  const [comment, setComment] = useState('');
  const preview = useQuery({
    queryKey: [path, 'dry-run', policy.revision, document],
    queryFn: () => api.put<PolicyWriteResult>(path, { document, comment: '' }, policy.revision, { dryRun: true }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => api.put<PolicyWriteResult>(path, { document, comment: comment.trim() }, policy.revision),
    onSuccess: async (result) => {
      notice(t('policy.saved', { version: result.policy?.version ?? policy.version }));
      onClose();
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => /^\/(policies|applications|appliances)/.test(String(queryKey[0])) && queryKey[1] !== 'dry-run',
      });
    },
  });
  return (
    <Stack gap="md">
      <Loaded query={preview} what={t('policy.preview.failed')} lines={4}>
        {(result) => (
          <>
            <ChangesTable changes={result.changes} />
            <Text size="sm" fw={600}>
              {t('policy.preview.affected', { count: result.affected.length })}
            </Text>
            {result.affected.map((application) => (
              <div key={application.applicationId}>
                <AnchorLink to="/applications/$id" params={{ id: application.applicationId }} size="sm" target="_blank">
                  {application.name}
                </AnchorLink>{' '}
                <Text span size="xs" c="dimmed">
                  {application.changes.map(({ path: setting }) => setting).join(', ')}
                </Text>
              </div>
            ))}
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
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!preview.data}>
          {t('policy.preview.save')}
        </Button>
      </Group>
    </Stack>
  );
}
