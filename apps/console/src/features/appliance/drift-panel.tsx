import { Button, Group, Stack, Text } from '@mantine/core';
import type { ApplianceStateView, FacetView } from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useCan } from '../../platform/api/session.js';
import { Panel } from '../../platform/components/panel.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { DiffText } from '../../platform/components/diff-text.js';
import { useNotice } from '../../platform/components/use-notice.js';

/** Facets that are not as they were applied: the difference line by line, and what to do about it. Nothing where all is as applied. */
export function DriftPanel({ state }: { readonly state: ApplianceStateView }): ReactNode {
  const { t } = useTranslation();
  const drifted = state.facets.filter((facet) => facet.state === 'drifted');
  if (drifted.length === 0) return null;
  return (
    <Panel title={t('appliance.drift.title')}>
      <Stack gap="lg">
        {drifted.map((facet) => (
          <FacetDrift key={facet.facet} applianceId={state.applianceId} facet={facet} />
        ))}
      </Stack>
    </Panel>
  );
}

function FacetDrift({ applianceId, facet }: { readonly applianceId: string; readonly facet: FacetView }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const canDecide = useCan('fleet:write');
  const decide = useMutation({
    mutationFn: (decision: 'revert' | 'ignore' | 'adopt') =>
      api.post(`/appliances/${applianceId}/drift`, { facet: facet.facet, decision, renderedDigest: facet.renderedDigest }),
    onSuccess: async (_, decision) => {
      notice(t(`appliance.drift.done.${decision}`));
      await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('/appliances') });
    },
  });
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={600}>{t(`facet.${facet.facet}`)}</Text>
        {canDecide && (
          <Group gap="xs">
            {(['ignore', 'adopt', 'revert'] as const).map((decision) => (
              <Button
                key={decision}
                size="compact-sm"
                variant={decision === 'revert' ? 'filled' : 'default'}
                loading={decide.isPending && decide.variables === decision}
                disabled={decide.isPending}
                title={t(`appliance.drift.explain.${decision}`)}
                onClick={() => decide.mutate(decision)}
              >
                {t(`appliance.drift.${decision}`)}
              </Button>
            ))}
          </Group>
        )}
      </Group>
      {decide.error && <ProblemAlert error={decide.error} what={t('appliance.drift.undecided')} />}
      {facet.diff === null ? <Text size="sm">{t('appliance.drift.noDiff')}</Text> : <DiffText diff={facet.diff} />}
    </Stack>
  );
}
